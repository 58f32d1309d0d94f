import { dirname, join } from 'node:path';
import type { ModelMetadata, ModelRecord } from '@modelkeep/core';
import { encodeProcessIdentity, ensureFolder, processIdentity } from '@modelkeep/io';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { METADATA_FILE, serialiseMetadata } from '../metadata/metadata-file.ts';
import { timestamp, type StoreContext } from '../store-context.ts';
import { discardTransaction } from '../transaction/discard-transaction.ts';
import { transactionFolder, writeTransaction, type RecordedModel } from '../transaction/transaction-record.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';

/** @internal Steps 6 to 10 for models outside the library: only their metadata is written. */
export interface ExternalCommit {
  /** Records, before it happens, which model is to be committed: who finds this process dead finishes it. */
  announce(model: RecordedModel): Promise<void>;
  /** Commits one model: its folder appears by one rename. */
  add(draft: ModelMetadata): Promise<ModelRecord>;
  /** Forgets the transaction. */
  end(): Promise<void>;
  /** After a failure: the next start finishes what was committed. */
  abandon(): Promise<void>;
}

/** @internal */
export function createExternalCommit(context: StoreContext, transactionId: string): ExternalCommit {
  const { fileSystem, layout } = context;
  const folder = transactionFolder(context, transactionId);
  const planned: RecordedModel[] = [];
  let count = 0;
  const write = (owner: string | null): Promise<void> =>
    writeTransaction(context, {
      id: transactionId,
      owner,
      startedAt: timestamp(context),
      files: [],
      models: planned,
      moves: [],
    });
  return {
    async announce({ id, slug }) {
      planned.push({ id, slug });
      await write(encodeProcessIdentity(processIdentity()));
      if (planned.length === 1) await ensureFolder(fileSystem, folder);
    },
    async add(draft) {
      const staged = join(folder, `model-${count}`);
      count += 1;
      const final = join(layout.root, draft.slug);
      await ensureFolder(fileSystem, staged);
      await fileSystem.writeFile(join(staged, METADATA_FILE), { data: serialiseMetadata(draft) });
      await fileSystem.fsyncFolder(staged);
      await ensureRealFolder(fileSystem, layout.root, dirname(final));
      await fileSystem.rename(staged, final);
      await context.syncFolder(dirname(final));
      const record = effectiveRecord(draft);
      await context.index.upsert([record]);
      return record;
    },
    async end() {
      if (planned.length > 0) await discardTransaction(context, transactionId);
    },
    async abandon() {
      if (planned.length === 0) return;
      try {
        await write(null);
      } catch (error) {
        context.logger.warn('what a scan has left could not be tidied up; the next start does it', {
          id: transactionId,
          error: String(error),
        });
      }
    },
  };
}
