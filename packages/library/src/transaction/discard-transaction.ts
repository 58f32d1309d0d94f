import { isModelkeepError } from '@modelkeep/core';
import { unpinAll } from '../blobs/pins.ts';
import type { StoreContext } from '../store-context.ts';
import { removeTree } from './remove-tree.ts';
import { transactionFolder, transactionPath } from './transaction-record.ts';

/** @internal Ends a transaction: its record first (from then on nobody resumes it), then its pins, then what it staged. */
export async function discardTransaction(context: StoreContext, id: string): Promise<void> {
  const { fileSystem, layout } = context;
  try {
    await fileSystem.unlink(transactionPath(context, id));
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  await fileSystem.fsyncFolder(layout.transactions);
  await unpinAll(context, id);
  await removeTree(fileSystem, transactionFolder(context, id));
}
