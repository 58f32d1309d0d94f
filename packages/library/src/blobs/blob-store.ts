import { dirname, join } from 'node:path';
import { isModelkeepError, isSha256, ModelkeepError } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';

/** Blobs belong to the library: nobody writes them, not even through an app's link. */
const BLOB_MODE = 0o444;

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

/** @internal The blob's status, or null where there is none. */
export async function blobStatus(context: StoreContext, sha256: string): Promise<FileStatus | null> {
  try {
    const status = await context.fileSystem.lstat(blobPath(context, sha256));
    return status.kind === 'file' ? status : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
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
