import {
  ModelkeepError,
  newId,
  type Logger,
  type ModelMetadata,
  type ModelOverrides,
  type ModelRecord,
} from '@modelkeep/core';
import { encodeProcessIdentity, ensureFolder, processIdentity } from '@modelkeep/io';
import { pin } from '../blobs/pins.ts';
import { publishBlob } from '../blobs/blob-store.ts';
import { recallBlob } from '../blobs/recall-blob.ts';
import { commitModel } from '../models/commit-model.ts';
import { contentLockOf } from '../models/content-lock.ts';
import type { SourceLayers } from '../models/new-metadata.ts';
import { commitModels } from '../models/commit-models.ts';
import { requireQuota } from '../room/quota.ts';
import { renewBlob } from '../repair/renew-blob.ts';
import { updateModel } from '../models/update-model.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import type { VolumeLock } from '../volume/volume-locks.ts';
import { adoptParts } from './adopt-parts.ts';
import { addressOf } from './content-keys.ts';
import { discardTransaction } from './discard-transaction.ts';
import { findContents } from './find-contents.ts';
import { journalPath, partPath } from './part-paths.ts';
import { finishMoves, undoMoves } from './moved-files.ts';
import { reserveRoom } from './reserve-room.ts';
import type { StoredContent, WantedFile } from './stored-file.ts';
import {
  transactionFolder,
  writeTransaction,
  type RecordedModel,
  type TransactionRecord,
} from './transaction-record.ts';

/** One file of a transaction. */
export interface TransactionFile extends WantedFile {
  /** Where its bytes are to be written, in the library's own file system. */
  readonly part: string;
  /** Where the writer says what is durable of the part. */
  readonly journal: string;
  /** Set once the content is stored; a file that has it needs no bytes. */
  readonly content: StoredContent | null;
}

/** The content of a part that is whole, durable and closed. */
export interface PublishedContent extends StoredContent {
  readonly part?: string | undefined;
}

/** What is said of all models of a transaction. */
export interface CommitOptions {
  /** Name of the repo or folder, for models whose files have no name of their own. */
  readonly sourceName: string;
  /** Ties the models of one source; null for single local files. */
  readonly sourceGroup: string | null;
  /** What the source says of its models. */
  readonly layers: SourceLayers;
  /** What a person has said of the models elsewhere: new ones begin with it. */
  readonly overrides?: ModelOverrides | undefined;
  /** Puts what is known of a model in the place of what its bytes tell. */
  readonly adjust?: ((draft: ModelMetadata) => ModelMetadata) | undefined;
  /** Hears of files that were to be moved and stay where they are, and why. */
  readonly onKept?: ((path: string, reason: string) => void) | undefined;
  /**
   * Is called for each model that was outside the library and is its own now, before a file that was to be moved loses its
   * name: what leads to it can be led to where it is.
   */
  readonly onTakenIn?: ((model: ModelRecord) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal A model with all that is known of it. */
export interface AdoptedModel {
  readonly metadata: ModelMetadata;
  readonly overrides: ModelOverrides;
  readonly signal?: AbortSignal | undefined;
}

/** Files on their way into the library. Nothing shows before {@link Transaction.commit}. */
export interface Transaction {
  readonly id: string;
  /** Where bytes go that are not what they should be: on the drive of the parts. */
  readonly quarantine: string;
  readonly files: readonly TransactionFile[];
  /**
   * Takes a verified, closed part as the content of a file.
   *
   * @param name - the file's name in its source
   * @param content - with `part` where the bytes are not in the file's own part but beside it
   */
  publish(name: string, content: PublishedContent): Promise<void>;
  /**
   * Takes content that another transaction has stored as the content of a file.
   *
   * @returns false when it is not there: then the file still needs its bytes
   */
  adopt(name: string, content: StoredContent): Promise<boolean>;
  /** Sorts the stored files into models, identifies them and makes them part of the library. Ends the transaction. */
  commit(options: CommitOptions): Promise<ModelRecord[]>;
  /**
   * Makes a model that is known already part of this volume, from the stored files: one that is moved here, or restored.
   * Ends nothing: the caller goes on with `discard`.
   *
   * @internal
   */
  adoptModel(model: AdoptedModel): Promise<ModelRecord>;
  /**
   * Changes a model that is here, such as by one of the stored files. Ends nothing: the caller goes on with `discard`.
   *
   * @internal
   */
  changeModel(
    model: Pick<ModelRecord, 'id' | 'slug'>,
    change: (present: ModelMetadata) => ModelMetadata,
  ): Promise<ModelRecord>;
  /** Lets go: what was written stays, for a later transaction that wants the same content. */
  release(): Promise<void>;
  /** Ends the transaction and removes what it wrote. Stored blobs stay. */
  discard(): Promise<void>;
  /**
   * After a failure: {@link Transaction.discard}, or {@link Transaction.release} once models were announced, because the
   * next start finishes what was committed. Its own failure is only logged: the first one is what the caller must see.
   */
  abandon(logger: Logger, options?: { readonly keepParts?: boolean | undefined }): Promise<void>;
}

/** How a transaction begins. */
export interface BeginOptions {
  /**
   * The contents are stored and damaged: all of them are wanted, and what is published takes the place of what is stored.
   * Such a transaction ends with `discard` or `release`. @default false
   */
  readonly renew?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Steps 1 and 2 of the commit protocol. The names have been judged. */
export async function beginTransaction(
  context: StoreContext,
  wanted: readonly WantedFile[],
  { signal, renew = false }: BeginOptions = {},
): Promise<Transaction> {
  const id = newId();
  let record: TransactionRecord = {
    id,
    owner: encodeProcessIdentity(processIdentity()),
    startedAt: timestamp(context),
    files: wanted.map(({ name, sizeBytes, sha256, gitSha1, source }, number) => ({
      number,
      name,
      sizeBytes,
      sha256,
      gitSha1,
      address: addressOf(source),
    })),
    models: [],
    moves: wanted.flatMap(({ move }) => move ?? []),
  };
  const contents = new Map<string, StoredContent>();
  async function releaseTransaction(): Promise<void> {
    record = { ...record, owner: null };
    await writeTransaction(context, record);
  }

  async function discard(): Promise<void> {
    await undoMoves(context, record);
    await discardTransaction(context, id);
  }

  const places = new Map(
    wanted.map((file, number) => {
      const place = { part: partPath(context, { id, number }), journal: journalPath(context, { id, number }) };
      return [file.name, { ...file, ...place }] as const;
    }),
  );
  const files = (): TransactionFile[] =>
    [...places.values()].map((file) => ({ ...file, content: contents.get(file.name) ?? null }));

  const placeOf = (name: string): { readonly part: string } => {
    const place = places.get(name);
    if (place !== undefined) return place;
    throw new ModelkeepError('core.invalid-argument', {
      message: `the transaction has no file ${JSON.stringify(name)}`,
      facts: { argument: 'name', found: name },
    });
  };
  const store = (name: string, { sizeBytes, sha256, blake3, gitSha1, hashes }: StoredContent): void => {
    contents.set(name, { sizeBytes, sha256, blake3, gitSha1, hashes });
  };

  async function abandon(logger: Logger, { keepParts = false } = {}): Promise<void> {
    try {
      if (keepParts || record.models.length > 0) await releaseTransaction();
      else await discard();
    } catch (error) {
      logger.warn('what a transaction has left could not be tidied up; the next start does it', {
        id,
        error: String(error),
      });
    }
  }

  try {
    await writeTransaction(context, record);
    await ensureFolder(context.fileSystem, transactionFolder(context, id));
    const pinContent = (sha256: string): Promise<void> => pin(context, sha256, id);
    const found = renew ? [] : await findContents(context, wanted, { pin: pinContent, signal });
    for (const [position, { name }] of wanted.entries()) {
      const content = found[position];
      if (content !== null && content !== undefined) contents.set(name, content);
    }
    const missing = files().filter(({ content }) => content === null);
    await adoptParts(
      context,
      id,
      record.files.filter(({ name }) => !contents.has(name)),
    );
    await reserveRoom(context, missing);
    const neededBytes = missing.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    if (!renew) await requireQuota(context, neededBytes, id);
  } catch (error) {
    await abandon(context.logger, { keepParts: true });
    throw error;
  }

  return {
    id,
    quarantine: context.layout.quarantine,
    get files() {
      return files();
    },
    async publish(name, content) {
      const { part } = placeOf(name);
      await pin(context, content.sha256, id);
      if (renew) await renewBlob(context, content.part ?? part, content.sha256);
      else await publishBlob(context, content.part ?? part, content);
      store(name, content);
    },
    async adopt(name, content) {
      placeOf(name);
      await pin(context, content.sha256, id);
      if ((await recallBlob(context, content.sha256))?.sizeBytes !== content.sizeBytes) return false;
      store(name, content);
      return true;
    },
    async commit(options) {
      const taken: ModelRecord[] = [];
      const models = await commitModels(context, {
        ...options,
        onTakenIn: (model) => taken.push(model),
        transactionId: id,
        folder: transactionFolder(context, id),
        files: files().flatMap((file) => (file.content === null ? [] : [{ ...file, content: file.content }])),
        announce: async (planned) => {
          record = { ...record, models: [...record.models, ...planned] };
          await writeTransaction(context, record);
        },
      });
      for (const model of taken) await options.onTakenIn?.(model);
      await finishMoves(context, record, options.onKept);
      await discardTransaction(context, id);
      return models;
    },
    async adoptModel({ metadata, overrides, signal: adopting }) {
      const adopted = { ...metadata, txn: id, revision: metadata.revision + 1, updatedAt: timestamp(context) };
      const announce = async (planned: readonly RecordedModel[]): Promise<void> => {
        record = { ...record, models: [...record.models, ...planned] };
        await writeTransaction(context, record);
      };
      const commit = (lock: VolumeLock): Promise<ModelRecord> =>
        commitModel(context, {
          metadata: adopted,
          overrides,
          folder: transactionFolder(context, id),
          staged: 'model-0',
          announce,
          lock,
        });
      return withLock(context, contentLockOf(metadata), commit, adopting);
    },
    async changeModel({ id: modelId, slug }, change) {
      record = { ...record, models: [...record.models, { id: modelId, slug }] };
      await writeTransaction(context, record);
      return updateModel(context, { id: modelId, slug, txn: id, change });
    },
    release: releaseTransaction,
    discard,
    abandon,
  };
}
