import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ModelFile, ModelMetadata } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { blobStatus } from '../blobs/blob-store.ts';
import { linkBlob } from '../blobs/recall-blob.ts';
import { statusAt } from '../files/status-at.ts';
import { bringFiles } from '../folder-store/bring-files.ts';
import { isFolderStore } from '../folder-store/contents.ts';
import { clearFiles, ownFiles } from '../room/clear-evicted.ts';
import type { StoreContext } from '../store-context.ts';
import { ensureRealFolder, requireRealFolder } from '../volume/require-real-folders.ts';

/** @internal What {@link projectFiles} works with. */
export interface ProjectFilesOptions {
  readonly folder: string;
  readonly metadata: ModelMetadata;
}

/** @internal Gives a model's folder the files that its metadata names. Content that
 * stands there alone, because somebody else changed it, is kept. */
export async function projectFiles(context: StoreContext, options: ProjectFilesOptions): Promise<void> {
  const { folder, metadata } = options;
  // The files of a model outside the library are their owner's.
  if (metadata.place !== undefined) return;
  if (metadata.evictedAt !== undefined) {
    await clearFiles(context, { ...options, own: await ownFiles(context, options) });
    return;
  }
  if (isFolderStore(context)) {
    await bringFiles(context, options);
    return;
  }
  for (const file of metadata.files) {
    const path = join(folder, file.name);
    await requireRealFolder(context.fileSystem, context.layout.root, dirname(path));
    const present = await statusAt(context.fileSystem, path);
    if (present === null) {
      await ensureRealFolder(context.fileSystem, context.layout.root, dirname(path));
      await linkBlob(context, { sha256: file.sha256, path });
      await context.fileSystem.fsyncFolder(dirname(path));
      continue;
    }
    if (await isWanted(context, path, { present, file })) continue;
    if (await isOurs(context, path, present)) await replaceLink(context, file.sha256, path);
    else context.logger.warn('a file of a model was changed by somebody else and is kept', { path });
  }
}

interface PresentFile {
  readonly present: FileStatus;
  readonly file: ModelFile;
}

/** Whether the name stands for the blob already. A reflink has an inode of its own, and only its content can tell. */
async function isWanted(context: StoreContext, path: string, { present, file }: PresentFile): Promise<boolean> {
  if (present.kind !== 'file') return false;
  const blob = await blobStatus(context, file.sha256);
  if (blob === null || (blob.inode === present.inode && blob.device === present.device)) return true;
  if (blob.linkCount > 1 || present.linkCount > 1 || blob.sizeBytes !== present.sizeBytes) return false;
  // Weights are never replaced by others under the same name, and would take long to read.
  return file.role === 'weights' || (await digestOf(context, path)) === file.sha256;
}

/** Whether nothing is lost when the name stands for other bytes: the store has these as well. */
async function isOurs(context: StoreContext, path: string, present: FileStatus): Promise<boolean> {
  return present.kind === 'file' && (await blobStatus(context, await digestOf(context, path))) !== null;
}

async function digestOf(context: StoreContext, path: string): Promise<string> {
  return (await context.io.hashFile(path, { algorithms: ['sha256'] })).digests.sha256;
}

async function replaceLink(context: StoreContext, sha256: string, path: string): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  await linkBlob(context, { sha256, path: temporary });
  await context.fileSystem.rename(temporary, path);
  await context.fileSystem.fsyncFolder(dirname(path));
}
