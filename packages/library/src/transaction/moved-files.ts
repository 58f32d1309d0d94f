import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import { blobPath, blobStatus, contentPath } from '../blobs/blob-store.ts';
import type { StoreContext } from '../store-context.ts';
import type { MovedFile } from './moved-file.ts';
import type { TransactionRecord } from './transaction-record.ts';

/** @internal Whether a file is still what was hashed. */
export function isUnchanged(file: Omit<MovedFile, 'path' | 'mode' | 'sha256'>, status: FileStatus): boolean {
  return (
    status.kind === 'file' &&
    status.device === file.device &&
    status.inode === file.inode &&
    status.sizeBytes === file.sizeBytes &&
    status.mtimeMs === file.mtimeMs
  );
}

/**
 * @internal The end of an import by move: what is committed loses its name outside the library. A file that was changed
 * since, or whose blob cannot be read as what it is called, stays.
 *
 * @returns why a file stays, or null
 */
export async function finishMove(context: StoreContext, file: MovedFile): Promise<string | null> {
  const { fileSystem } = context;
  const status = await statusOf(context, file.path);
  if (status === null) return null;
  if (!isUnchanged(file, status)) return 'it was changed after it was read';
  const blob = await blobStatus(context, file.sha256);
  if (blob === null) return 'the library does not have its content';
  // Bytes that were not moved but copied, or were here before, are looked at before the only others go.
  if (!isSameFile(blob, status) && !(await isWhole(context, file)))
    return 'the copy in the library is damaged: run verify';
  try {
    await fileSystem.unlink(file.path);
  } catch (error) {
    // Its folder is its owner's, or a program has it open: the model is whole, and nothing would be won by trying again at every start.
    const codes = ['io.read-only', 'io.permission', 'io.failed'] as const;
    if (codes.some((code) => isModelkeepError(error, code))) return (error as Error).message;
    throw error;
  }
  await fileSystem.fsyncFolder(dirname(file.path));
  return null;
}

/** @internal Ends all moves of a transaction that has committed. */
export async function finishMoves(
  context: StoreContext,
  { moves }: TransactionRecord,
  onKept: (path: string, reason: string) => void = () => {},
): Promise<void> {
  for (const file of moves) {
    const reason = await finishMove(context, file);
    if (reason !== null) onKept(file.path, reason);
  }
}

/**
 * @internal After a move that did not come to its end: the file is its owner's again, who may write it, so that it must not
 * be a blob. A blob that others need by now stays, and so does the write protection of the file.
 */
export async function undoMoves(context: StoreContext, { id, moves }: TransactionRecord): Promise<void> {
  const { fileSystem, layout } = context;
  for (const file of moves) {
    const status = await statusOf(context, file.path);
    if (status === null || status.inode !== file.inode || status.device !== file.device) continue;
    const blob = await blobStatus(context, file.sha256);
    if (blob !== null && isSameFile(blob, status)) {
      if (await isNeeded(context, file.sha256, id)) {
        context.logger.warn('a file that was to be moved shares its bytes with the library now', { path: file.path });
        continue;
      }
      await fileSystem.unlink(blobPath(context, file.sha256));
      await fileSystem.fsyncFolder(layout.blobs);
    }
    if (status.mode !== file.mode) await fileSystem.chmod(file.path, file.mode);
  }
}

async function isNeeded(context: StoreContext, sha256: string, transactionId: string): Promise<boolean> {
  const pins = await context.fileSystem.readdir(context.layout.pins);
  const isPinned = pins.some(({ name }) => name.startsWith(`${sha256}.`) && name !== `${sha256}.${transactionId}`);
  return isPinned || (await context.index.findByFileHash({ sha256 })).length > 0;
}

async function isWhole(context: StoreContext, { sha256 }: MovedFile): Promise<boolean> {
  const { digests } = await context.io.hashFile(await contentPath(context, sha256), { algorithms: ['sha256'] });
  return digests.sha256 === sha256;
}

function isSameFile(one: FileStatus, other: FileStatus): boolean {
  return one.inode === other.inode && one.device === other.device;
}

async function statusOf({ fileSystem }: StoreContext, path: string): Promise<FileStatus | null> {
  try {
    return await fileSystem.lstat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}
