import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isModelkeepError, type ModelMetadata } from '@modelkeep/core';
import { createLink, ensureFolder, type FileStatus } from '@modelkeep/io';
import { blobPath, blobStatus } from '../blobs/blob-store.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal What {@link projectFiles} works with. */
export interface ProjectFilesOptions {
  readonly folder: string;
  readonly metadata: ModelMetadata;
  /** The metadata before the change: only files that are still as it says are replaced. */
  readonly previous?: ModelMetadata | undefined;
}

/** @internal Gives a model's folder the files that its metadata names. What somebody else changed there is left alone. */
export async function projectFiles(context: StoreContext, options: ProjectFilesOptions): Promise<void> {
  const { folder, metadata, previous } = options;
  for (const file of metadata.files) {
    const path = join(folder, file.name);
    const blob = blobPath(context, file.sha256);
    const present = await statusOf(context, path);
    if (present === null) {
      await ensureFolder(context.fileSystem, dirname(path));
      await createLink(context.fileSystem, { existing: blob, path });
      await context.fileSystem.fsyncFolder(dirname(path));
      continue;
    }
    const before = previous?.files.find(({ name }) => name === file.name);
    if (before === undefined || before.sha256 === file.sha256) continue;
    if (await holds(context, path, { status: present, sha256: before.sha256 })) await replaceLink(context, blob, path);
    else context.logger.warn('a file of a model was changed by somebody else and is kept', { path });
  }
}

async function statusOf(context: StoreContext, path: string): Promise<FileStatus | null> {
  try {
    return await context.fileSystem.lstat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}

/** Whether a file has the content of a blob: it is the blob's other name, or its bytes are the same. */
async function holds(
  context: StoreContext,
  path: string,
  { status, sha256 }: { status: FileStatus; sha256: string },
): Promise<boolean> {
  if (status.kind !== 'file') return false;
  const blob = await blobStatus(context, sha256);
  if (blob !== null && blob.inode === status.inode && blob.device === status.device) return true;
  const { digests } = await context.io.hashFile(path, { algorithms: ['sha256'] });
  return digests.sha256 === sha256;
}

async function replaceLink(context: StoreContext, blob: string, path: string): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  await createLink(context.fileSystem, { existing: blob, path: temporary });
  await context.fileSystem.rename(temporary, path);
  await context.fileSystem.fsyncFolder(dirname(path));
}
