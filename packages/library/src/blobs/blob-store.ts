import { dirname, join } from 'node:path';
import { isModelkeepError, isSha256, ModelkeepError } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { fileAt } from '../files/status-at.ts';
import { isFolderStore, locateContent, takeIntoWaiting } from '../folder-store/contents.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal Blobs belong to the library: nobody writes them, not even through an app's link. */
export const BLOB_MODE = 0o444;

/** @internal Where the bytes with this digest are, or would be. */
export function blobPath(context: StoreContext, sha256: string): string {
  if (!isSha256(sha256)) throw notSha256(sha256);
  return join(context.layout.blobs, sha256);
}

/** @internal */
export function notSha256(found: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${JSON.stringify(found)} is no SHA-256`,
    facts: { argument: 'sha256', found },
    hint: 'digests are 64 characters of lower-case hex',
  });
}

/** @internal The status of the stored bytes, or null where there are none. */
export async function blobStatus(context: StoreContext, sha256: string): Promise<FileStatus | null> {
  const path = blobPath(context, sha256);
  if (isFolderStore(context)) return (await locateContent(context, sha256))?.status ?? null;
  return fileAt(context.fileSystem, path);
}

/** @internal Where the bytes are at this moment: the blob, or the file of a model that is one. */
export async function contentPath(context: StoreContext, sha256: string): Promise<string> {
  const path = blobPath(context, sha256);
  return isFolderStore(context) ? ((await locateContent(context, sha256))?.path ?? path) : path;
}

/**
 * @internal Gives verified, closed bytes their content name. Another process may have been first with the same bytes:
 * then its blob stays and ours goes.
 */
export async function publishBlob(
  context: StoreContext,
  part: string,
  blob: { sha256: string; sizeBytes: number },
): Promise<void> {
  const { fileSystem } = context;
  const path = blobPath(context, blob.sha256);
  if (isFolderStore(context)) {
    await takeIntoWaiting(context, part, blob);
    return;
  }
  // The bytes are durable; the mode becomes so with the name.
  await fileSystem.chmod(part, BLOB_MODE);
  try {
    await fileSystem.link(part, path);
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
    const present = await blobStatus(context, blob.sha256);
    if (present?.sizeBytes !== blob.sizeBytes) {
      // What stands there cannot be this content, and these bytes were just verified.
      context.logger.warn('a damaged blob is replaced', { path });
      await fileSystem.rename(part, path);
      await context.syncFolder(dirname(path));
      return;
    }
  }
  await context.syncFolder(dirname(path));
  await fileSystem.unlink(part);
}
