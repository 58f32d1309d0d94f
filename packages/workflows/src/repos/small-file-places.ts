import { join } from 'node:path';
import type { ArtifactRecord, RepoRecord } from '@modelkeep/fleet';
import { cleanName, judgeName, uniqueCleanNames, type LibraryStore } from '@modelkeep/library';

/** @internal The folder of a repo's small files: one for each record, since two may differ in their revision alone. */
export function repoFolder(store: Pick<LibraryStore, 'root'>, { provider, repo, revision, id }: RepoRecord): string {
  const name = repo.split('/').map((segment) => cleanName(segment));
  return join(store.root, 'repos', cleanName(provider), name.join('__'), cleanName(`${revision}-${id.slice(-8)}`));
}

/** @internal Where the small files of a repo go: absolute, by their paths in it. A name that nothing may have has no place. */
export function smallFilePlaces(
  store: Pick<LibraryStore, 'root'>,
  repo: RepoRecord,
  artifacts: readonly ArtifactRecord[],
): ReadonlyMap<string, string> {
  const folder = repoFolder(store, repo);
  const names = uniqueCleanNames(artifacts.map(({ path }) => path).filter((path) => judgeName(path) === null));
  return new Map([...names].map(([path, name]) => [path, join(folder, ...name.split('/'))]));
}
