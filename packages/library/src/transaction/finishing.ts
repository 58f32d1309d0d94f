import { encodeProcessIdentity, processIdentity } from '@modelkeep/io';
import { timestamp, type StoreContext } from '../store-context.ts';
import { transactionPath, writeTransaction, type TransactionRecord } from './transaction-record.ts';

/** @internal What {@link finishing} does. */
export interface FinishedWork<T> {
  /** Names the record; what is written carries it, where it has to be found to be committed. */
  readonly txn: string;
  /** What is about to happen. */
  readonly intent: Partial<Pick<TransactionRecord, 'models' | 'edit' | 'removal' | 'move'>>;
  readonly work: () => Promise<T>;
}

/**
 * @internal Does what is recorded beforehand, so that the next start finishes it when this process cannot. What fails is
 * left to whoever opens the library next, who finishes it or finds that nothing had happened.
 */
export async function finishing<T>(context: StoreContext, { txn: id, intent, work }: FinishedWork<T>): Promise<T> {
  const owner = encodeProcessIdentity(processIdentity());
  const { models = [], ...others } = intent;
  const record: TransactionRecord = {
    id,
    owner,
    startedAt: timestamp(context),
    files: [],
    moves: [],
    models: models.map(({ id: model, slug }) => ({ id: model, slug })),
    ...others,
  };
  await writeTransaction(context, record);
  try {
    const result = await work();
    // Not fsynced: a record that comes back after a power loss is found to be finished.
    await context.fileSystem.unlink(transactionPath(context, id));
    return result;
  } catch (error) {
    await leave(context, record);
    throw error;
  }
}

/** The failure is the news, and not that the record still says that this process is at work. */
async function leave(context: StoreContext, record: TransactionRecord): Promise<void> {
  try {
    await writeTransaction(context, { ...record, owner: null });
  } catch (error) {
    const reason = 'a change that failed could not be left to others, who take it over when this process has ended';
    context.logger.warn(reason, { id: record.id, error: String(error) });
  }
}
