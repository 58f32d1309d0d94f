import { join } from 'node:path';
import { newId } from '@modelkeep/core';
import { createLink, ensureFolder } from '@modelkeep/io';
import { BLOB_MODE, blobPath, blobStatus } from '../blobs/blob-store.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import type { StoreContext } from '../store-context.ts';
import { removeTree } from '../transaction/remove-tree.ts';
import { keepInQuarantine } from './quarantine.ts';

/**
 * @internal Verified, durable bytes take the place of a blob that is damaged or gone, in one step. What was there is in
 * quarantine before that.
 */
export async function renewBlob(context: StoreContext, part: string, sha256: string): Promise<void> {
  const { fileSystem, layout } = context;
  const path = blobPath(context, sha256);
  if (isFolderStore(context)) {
    // The damaged file is a model's: a repair puts these bytes in its place.
    await fileSystem.rename(part, path);
    await context.syncFolder(layout.blobs);
    return;
  }
  await fileSystem.chmod(part, BLOB_MODE);
  if ((await blobStatus(context, sha256)) !== null) await keepInQuarantine(context, path, sha256);
  await fileSystem.rename(part, path);
  await context.syncFolder(layout.blobs);
}

/** @internal The same with a file that was found to have the content: a reflink of it, else the file itself. */
export async function renewFromCopy(context: StoreContext, copy: string, sha256: string): Promise<void> {
  const { fileSystem, layout } = context;
  const folder = join(layout.temp, newId());
  await ensureFolder(fileSystem, folder);
  try {
    const part = join(folder, '0.part');
    await createLink(fileSystem, { existing: copy, path: part });
    await renewBlob(context, part, sha256);
  } finally {
    await removeTree(fileSystem, folder);
  }
}
