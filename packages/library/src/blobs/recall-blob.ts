import { dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { createLink, type FileStatus } from '@modelkeep/io';
import { isFolderStore } from '../folder-store/contents.ts';
import { listTrash } from '../gc/trash.ts';
import type { StoreContext } from '../store-context.ts';
import { blobPath, blobStatus } from './blob-store.ts';

const ATTEMPTS = 4;

/**
 * @internal G4: the blob's status; one that a gc has put into the trash is linked back first. Whoever asks has pinned it,
 * so it stays.
 *
 * @returns null where no such content is stored
 */
export async function recallBlob(context: StoreContext, sha256: string): Promise<FileStatus | null> {
  const present = await blobStatus(context, sha256);
  if (present !== null) return present;
  for (const { path, sha256s } of await listTrash(context)) {
    if (sha256s.includes(sha256)) await linkBack(context, { folder: path, sha256 });
  }
  return blobStatus(context, sha256);
}

/** @internal The blob's status wherever it is, the trash included. Changes nothing. */
export async function findBlob(context: StoreContext, sha256: string): Promise<FileStatus | null> {
  const present = await blobStatus(context, sha256);
  if (present !== null) return present;
  for (const { path, sha256s } of await listTrash(context)) {
    if (!sha256s.includes(sha256)) continue;
    try {
      return await context.fileSystem.lstat(join(path, sha256));
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
  }
  return blobStatus(context, sha256);
}

/** @internal Gives a blob in the trash its name back; the name in the trash goes only when that is durable. */
export async function linkBack(
  context: StoreContext,
  { folder, sha256 }: { readonly folder: string; readonly sha256: string },
): Promise<void> {
  const { fileSystem } = context;
  const trashed = join(folder, sha256);
  const path = blobPath(context, sha256);
  try {
    if (isFolderStore(context)) await fileSystem.rename(trashed, path);
    else await fileSystem.link(trashed, path);
  } catch (error) {
    // Gone: somebody else links it back, or it was deleted. There: somebody else did, or the content came anew.
    if (isModelkeepError(error, 'io.not-found')) return;
    if (!isModelkeepError(error, 'io.exists')) throw error;
  }
  await context.syncFolder(dirname(path));
  try {
    await fileSystem.unlink(trashed);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}

/**
 * @internal Runs what reads blobs. A gc that had begun before they were pinned may take their names away for a moment:
 * then they are linked back, and it runs again.
 */
export async function withBlobs<T>(
  context: StoreContext,
  sha256s: readonly string[],
  run: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found') || attempt === ATTEMPTS) throw error;
      for (const sha256 of sha256s) if ((await recallBlob(context, sha256)) === null) throw error;
    }
  }
}

/** @internal Gives a blob a name in a model's folder, by a reflink or a hard link. */
export async function linkBlob(
  context: StoreContext,
  { sha256, path }: { readonly sha256: string; readonly path: string },
): Promise<void> {
  await withBlobs(context, [sha256], () =>
    createLink(context.fileSystem, { existing: blobPath(context, sha256), path }),
  );
}
