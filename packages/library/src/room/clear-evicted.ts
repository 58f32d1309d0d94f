import { dirname, join } from 'node:path';
import { isModelkeepError, type ModelFile, type ModelMetadata } from '@modelkeep/core';
import { blobStatus } from '../blobs/blob-store.ts';
import { fileAt } from '../files/status-at.ts';
import { handOver } from '../folder-store/hand-over.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { withdrawFiles } from '../folder-store/withdraw-files.ts';
import { removeIfEmpty } from '../models/clear-folder.ts';
import type { StoreContext } from '../store-context.ts';
import { isRealFolder } from '../volume/require-real-folders.ts';

/** @internal The files of a model's folder that are the library's: other names of their blobs, or the same bytes. */
export async function ownFiles(
  context: StoreContext,
  { folder, metadata }: { readonly folder: string; readonly metadata: ModelMetadata },
  signal?: AbortSignal,
): Promise<readonly ModelFile[]> {
  const own: ModelFile[] = [];
  for (const file of metadata.files) if (await isOwn(context, { folder, file, signal })) own.push(file);
  return own;
}

interface OwnOptions {
  readonly folder: string;
  readonly file: ModelFile;
  readonly signal: AbortSignal | undefined;
}

/** What somebody else has put or changed there is his. */
async function isOwn(context: StoreContext, { folder, file, signal }: OwnOptions): Promise<boolean> {
  const path = join(folder, file.name);
  if (!(await isRealFolder(context.fileSystem, context.layout.root, dirname(path)))) return false;
  const status = await fileAt(context.fileSystem, path);
  if (status === null || status.sizeBytes !== file.sizeBytes) return false;
  const blob = isFolderStore(context) ? null : await blobStatus(context, file.sha256);
  if (blob !== null && blob.inode === status.inode && blob.device === status.device) return true;
  return (await context.io.hashFile(path, { algorithms: ['sha256'], signal })).digests.sha256 === file.sha256;
}

/** @internal What goes of an evicted model. */
export interface ClearedModel {
  readonly folder: string;
  readonly metadata: ModelMetadata;
  /** Its files that are the library's. */
  readonly own: readonly ModelFile[];
}

/** @internal Takes files out of the folder of a model that is known to be evicted, and the folders that are empty then. */
export async function clearFiles(context: StoreContext, { folder, metadata, own }: ClearedModel): Promise<void> {
  const { fileSystem } = context;
  const folders = new Set<string>();
  // Without links the file is all there is of its bytes: others may need them.
  await withdrawFiles(context, { folder, files: own });
  await handOver(context, metadata.files);
  for (const { name } of own) {
    try {
      await fileSystem.unlink(join(folder, name));
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
    for (let path = dirname(name); path !== '.'; path = dirname(path)) folders.add(join(folder, path));
  }
  for (const path of [...folders].toSorted((a, b) => b.length - a.length)) await removeIfEmpty(context, path);
  if (own.length > 0) await fileSystem.fsyncFolder(folder);
}
