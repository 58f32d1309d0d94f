import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import { contentPath } from '../blobs/blob-store.ts';
import { withBlobs } from '../blobs/recall-blob.ts';
import type { StoreContext } from '../store-context.ts';
import type { Transaction, TransactionFile } from '../transaction/transaction.ts';

/** @internal What {@link copyContent} copies. */
export interface CopiedContent {
  readonly transaction: Transaction;
  readonly file: TransactionFile;
  readonly tell?: ((bytesDone: number) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @internal Content of one volume becomes that of a transaction on another one. @throws `library.damaged-entry`, `io.not-found` */
export async function copyContent(
  source: StoreContext,
  { transaction, file, tell, signal }: CopiedContent,
): Promise<void> {
  const sha256 = file.sha256 ?? '';
  await source.fileSystem.unlink(file.part).catch((error: unknown) => {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  });
  const from = { path: '' };
  const copied = await withBlobs(source, [sha256], async () => {
    from.path = await contentPath(source, sha256);
    return source.io.copyFile({
      source: from.path,
      target: file.part,
      algorithms: ['sha256', 'blake3'],
      signal,
      onProgress: tell,
    });
  });
  const { digests, sizeBytes } = copied;
  if (digests.sha256 !== sha256) {
    await source.fileSystem.unlink(file.part);
    throw new ModelkeepError('library.damaged-entry', {
      message: `${from.path} is not copied: it is damaged`,
      facts: { path: from.path, expected: sha256, found: digests.sha256 },
      hint: 'run verify with --repair',
    });
  }
  await transaction.publish(file.name, { sizeBytes, ...digests, gitSha1: file.gitSha1 });
}
