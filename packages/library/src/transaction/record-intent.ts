import { encodeProcessIdentity, processIdentity } from '@modelkeep/io';
import { timestamp, type StoreContext } from '../store-context.ts';
import { transactionPath, writeTransaction, type TransactionRecord } from './transaction-record.ts';

/** @internal A change that is recorded before it happens. */
export interface RecordedIntent {
  /** It is done. */
  forget(): Promise<void>;
  /** It failed: whoever opens the library next finishes it, or finds that nothing had happened. Never throws. */
  leave(): Promise<void>;
}

/** @internal Notes what is about to happen, so that it can be finished when this process cannot. */
export async function recordIntent(
  context: StoreContext,
  id: string,
  intent: Pick<TransactionRecord, 'edit' | 'removal'>,
): Promise<RecordedIntent> {
  const owner = encodeProcessIdentity(processIdentity());
  const record: TransactionRecord = { id, owner, startedAt: timestamp(context), files: [], models: [], ...intent };
  await writeTransaction(context, record);
  return {
    // Not fsynced: a record that comes back after a power loss is found to be finished.
    forget: () => context.fileSystem.unlink(transactionPath(context, id)),
    async leave() {
      try {
        await writeTransaction(context, { ...record, owner: null });
      } catch (error) {
        const reason = 'a change that failed could not be left to others, who take it over when this process has ended';
        context.logger.warn(reason, { id, error: String(error) });
      }
    },
  };
}
