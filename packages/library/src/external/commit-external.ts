import { join } from 'node:path';
import type { ModelMetadata, ModelRecord } from '@modelkeep/core';
import { encodeProcessIdentity, ensureFolder, processIdentity } from '@modelkeep/io';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { METADATA_FILE, serialiseMetadata } from '../metadata/metadata-file.ts';
import { timestamp, type StoreContext } from '../store-context.ts';
import { discardTransaction } from '../transaction/discard-transaction.ts';
import { transactionFolder, writeTransaction, type RecordedModel } from '../transaction/transaction-record.ts';
import { forEach, SMALL_CALLS_AT_ONCE } from '../tasks/for-each.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';
import { EXTERNAL_FOLDER } from './external-slug.ts';

/** @internal Steps 6 to 10 for models outside the library: only their metadata is written. */
export interface ExternalCommit {
  /** Records, before it happens, which models are to be committed: who finds this process dead finishes them. */
  announce(models: readonly RecordedModel[]): Promise<void>;
  /** Makes the folders of models whole, beside the transaction. */
  stage(drafts: readonly ModelMetadata[]): Promise<void>;
  /** Commits staged models: each folder appears by one rename. */
  publish(drafts: readonly ModelMetadata[]): Promise<ModelRecord[]>;
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
    async announce(models) {
      if (models.length === 0) return;
      planned.push(...models.map(({ id, slug }) => ({ id, slug })));
      await write(encodeProcessIdentity(processIdentity()));
    },
    async stage(drafts) {
      await ensureFolder(fileSystem, folder);
      const stageOne = async (draft: ModelMetadata): Promise<void> => {
        const staged = join(folder, draft.id);
        await ensureFolder(fileSystem, staged);
        await fileSystem.writeFile(join(staged, METADATA_FILE), { data: serialiseMetadata(draft) });
        await fileSystem.fsyncFolder(staged);
      };
      await forEach(drafts, stageOne, { atOnce: SMALL_CALLS_AT_ONCE });
    },
    async publish(drafts) {
      if (drafts.length === 0) return [];
      const external = join(layout.root, EXTERNAL_FOLDER);
      await ensureRealFolder(fileSystem, layout.root, external);
      for (const { id, slug } of drafts) await fileSystem.rename(join(folder, id), join(layout.root, slug));
      await context.syncFolder(external);
      const records = drafts.map((draft) => effectiveRecord(draft));
      await context.index.upsert(records);
      return records;
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
