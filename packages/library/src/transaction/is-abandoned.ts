import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { decodeProcessIdentity, processLiveness } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';
import { transactionFolder, transactionPath, type TransactionRecord } from './transaction-record.ts';

/** A process that works on a transaction touches its files all the time: a download writes every second. */
const SILENT_FOR_MS = 10 * 60 * 1_000;

/**
 * @internal Whether nobody works on a transaction any more: it was let go, its process is provably dead, or nothing can be
 * said about its process (another machine, a container that was started again) and its files were not touched for ten
 * minutes. A process that only slept that long loses nothing but what it had not published: its part was moved away or is
 * gone, and it fails.
 */
export async function isAbandoned(context: StoreContext, record: TransactionRecord): Promise<boolean> {
  const owner = record.owner === null ? undefined : decodeProcessIdentity(record.owner);
  if (owner === undefined) return true;
  const liveness = processLiveness(owner);
  if (liveness !== 'unknown') return liveness === 'dead';
  return context.clock.now() - (await lastTouchedMs(context, record.id)) > SILENT_FOR_MS;
}

async function lastTouchedMs(context: StoreContext, id: string): Promise<number> {
  const folder = transactionFolder(context, id);
  const paths = [transactionPath(context, id), folder];
  try {
    for (const { name } of await context.fileSystem.readdir(folder)) paths.push(join(folder, name));
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  let last = 0;
  for (const path of paths) {
    try {
      last = Math.max(last, (await context.fileSystem.lstat(path)).mtimeMs);
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
  }
  return last;
}
