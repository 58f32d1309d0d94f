import { isModelkeepError } from '@modelkeep/core';
import { withLock, type StoreContext } from '../store-context.ts';
import { contentKeys } from './content-keys.ts';
import { discardTransaction } from './discard-transaction.ts';
import { isAbandoned } from './is-abandoned.ts';
import { journalPath, partPath } from './part-paths.ts';
import { listTransactions, readTransaction, writeTransaction, type RecordedFile } from './transaction-record.ts';

/**
 * @internal Takes over what earlier transactions began to download of the same content: those that were let go, and those
 * whose process is gone. Two processes never adopt at the same time; a part is moved, so it has one owner.
 *
 * @param wanted - the files of the new transaction that are not stored yet
 */
export async function adoptParts(
  context: StoreContext,
  transactionId: string,
  wanted: readonly RecordedFile[],
): Promise<void> {
  const missing = new Map(wanted.flatMap((file) => contentKeys(file).map((key) => [key, file] as const)));
  if (missing.size === 0) return;
  await withLock(context, 'transactions', async () => {
    for (const id of await listTransactions(context)) {
      if (id === transactionId) continue;
      const record = await readTransaction(context, id);
      if (record === null || !(await isAbandoned(context, record))) continue;
      const moved = new Set<number>();
      for (const file of record.files) {
        const target = contentKeys(file)
          .map((key) => missing.get(key))
          .find((match) => match !== undefined);
        if (target === undefined) continue;
        if (await movePart(context, { id, number: file.number }, { id: transactionId, number: target.number })) {
          for (const key of contentKeys(target)) missing.delete(key);
        }
        moved.add(file.number);
      }
      if (moved.size === 0) continue;
      const left = record.files.filter(({ number }) => !moved.has(number));
      if (left.length === 0) await discardTransaction(context, id);
      else await writeTransaction(context, { ...record, owner: null, files: left });
    }
  });
}

interface PartPlace {
  readonly id: string;
  readonly number: number;
}

/** The part goes first: a part without a journal is worthless, a journal without its part is dangerous. */
async function movePart(context: StoreContext, from: PartPlace, to: PartPlace): Promise<boolean> {
  const { fileSystem } = context;
  try {
    await fileSystem.rename(partPath(context, from), partPath(context, to));
    await fileSystem.rename(journalPath(context, from), journalPath(context, to));
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
}
