import type { LibraryStore, ModelVersion } from '@modelkeep/library';

/**
 * @internal Lets the versions that came after one that is to be deleted take the place of what that one did: otherwise those before and
 * after it would be strangers.
 */
export async function closeGap(
  store: Pick<LibraryStore, 'supersede'>,
  deletedId: string,
  versions: readonly ModelVersion[],
): Promise<void> {
  const deleted = versions.find(({ model }) => model.id === deletedId)?.model;
  // What the first version has left behind tells nothing about others.
  if (deleted?.supersedes === undefined) return;
  for (const { model } of versions) {
    if (model.supersedes === deletedId) await store.supersede(model.id, deleted.supersedes);
  }
}

/**
 * @internal Makes an older version the newest: a branch was set back to what it was. The version after it takes its place
 * in the line first, so that a process that dies in between leaves no circle.
 */
export async function bringForward(
  store: Pick<LibraryStore, 'supersede'>,
  olderId: string,
  versions: readonly ModelVersion[],
): Promise<void> {
  const older = versions.find(({ model }) => model.id === olderId)?.model;
  const newest = versions.at(-1)?.model;
  if (older === undefined || newest === undefined || newest.id === olderId) return;
  for (const { model } of versions) {
    if (model.supersedes === olderId) await store.supersede(model.id, older.supersedes ?? null);
  }
  await store.supersede(olderId, newest.id);
}
