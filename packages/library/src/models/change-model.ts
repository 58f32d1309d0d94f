import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ModelkeepError, type HistoryEntry, type ModelRecord } from '@modelkeep/core';
import { writeFileAtomic } from '@modelkeep/io';
import { isFolderStore } from '../folder-store/contents.ts';
import { withdrawReplaced } from '../folder-store/withdraw-files.ts';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { changesBetween, changesByHand, grownHistory, type ModelState } from '../metadata/history.ts';
import { METADATA_FILE, OVERRIDES_FILE, serialiseMetadata, serialiseOverrides } from '../metadata/metadata-file.ts';
import { isWritable, metadataVersions, overridesVersions, requireWritable } from '../metadata/schema-versions.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import { requireRealFolder } from '../volume/require-real-folders.ts';
import { marked } from '../volumes/volume-index.ts';
import type { VolumeLock } from '../volume/volume-locks.ts';
import { projectFiles } from './project-files.ts';
import { readModel, type FoundModel } from './walk-models.ts';

/** @internal What {@link changeModel} changes. */
export interface ChangeModelOptions {
  readonly id: string;
  readonly slug: string;
  /** A new id, or that of the transaction that this is a part of. */
  readonly txn: string;
  /** Whether `txn` is recorded and names this model, so that the next start finishes the change. @default false */
  readonly isPartOfTransaction?: boolean | undefined;
  /**
   * What becomes of a model that a newer version has written: `skip` leaves it to that version.
   *
   * @default 'refuse'
   */
  readonly newer?: 'refuse' | 'skip' | undefined;
  /** What changes the user's layer. @default 'edit' */
  readonly by?: HistoryEntry['by'] | undefined;
  /** Gives the new state; the same objects back mean that nothing is to be done. */
  readonly change: (present: ModelState) => ModelState;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Step 7b: reads the model again under its lock, changes it, and makes its folder and the index say the same.
 *
 * The rename of metadata.json is the commit, and where overrides.json changes as well the rename of that. It is recorded
 * before, so that a process that dies in between leaves it to the next start to finish the rest.
 *
 * @throws `core.format-newer` for a model that a newer version has written, `library.corrupt-metadata`, `io.*`
 */
export async function changeModel(context: StoreContext, options: ChangeModelOptions): Promise<ModelRecord> {
  const change = (lock: VolumeLock): Promise<ModelRecord> => changeLocked(context, options, lock);
  return withLock(context, lockOf(options), change, options.signal);
}

/** @internal The lock that everybody holds who changes a model. */
export function lockOf({ id }: { readonly id: string }): string {
  return `model-${id.slice(-2)}`;
}

async function changeLocked(
  context: StoreContext,
  options: ChangeModelOptions,
  lock: VolumeLock,
): Promise<ModelRecord> {
  const found = await readSameModel(context, options);
  const changed = options.change(found);
  const changesMetadata = changed.metadata !== found.metadata;
  const changesOverrides = changed.overrides !== found.overrides;
  if (!changesMetadata && !changesOverrides) {
    await bringIndexUp(context, found);
    return marked(context, found.record);
  }
  if (options.newer === 'skip' && !isWritable(found.metadata, metadataVersions)) {
    const { folder } = found;
    context.logger.warn('a model that a newer version has written does not learn what arrived', { folder });
    return marked(context, found.record);
  }
  requireWritable(found.metadata, join(found.folder, METADATA_FILE), metadataVersions);
  const cause = { at: timestamp(context), revision: found.metadata.revision + 1, by: options.by ?? 'edit' };
  const byHand = changesByHand(found, { at: cause.at, revision: cause.revision });
  const changes = [...byHand, ...changesBetween(found, changed, cause)];
  options.signal?.throwIfAborted();
  await lock.check();
  const { txn } = options;
  const write = (): Promise<ModelRecord> => writeChange(context, { found, changed, changes, txn });
  // Within a transaction it is recorded already what is to be finished.
  if (!changesOverrides && options.isPartOfTransaction === true) return write();
  if (!changesOverrides) return finishing(context, { txn, intent: { models: [found.metadata] }, work: write });

  const path = join(found.folder, OVERRIDES_FILE);
  requireWritable(found.overrides, path, overridesVersions);
  const data = serialiseOverrides(changed.overrides);
  const overridesSha256 = createHash('sha256').update(data).digest('hex');
  const { id, slug } = found.metadata;
  return finishing(context, {
    txn,
    intent: { edit: { id, slug, overridesSha256, changes } },
    async work() {
      await writeFileAtomic(context.fileSystem, { path, data });
      return write();
    },
  });
}

/** A process that was killed after its commit has left the index behind, and the next start may be far away. */
async function bringIndexUp({ index }: StoreContext, { record }: FoundModel): Promise<void> {
  const indexed = await index.get(record.id);
  if (indexed === null || indexed.revision < record.revision) await index.upsert([record]);
}

/** @internal Reads the model under its lock, if its folder still holds it and is one. @throws `library.model-not-found` */
export async function readSameModel(
  context: StoreContext,
  { id, slug }: Pick<ChangeModelOptions, 'id' | 'slug'>,
): Promise<FoundModel> {
  const found = await readModel(context.fileSystem, context.layout, slug);
  await requireRealFolder(context.fileSystem, context.layout.root, found.folder);
  if (found.metadata.id === id) return found;
  throw new ModelkeepError('library.model-not-found', {
    message: `the folder ${found.folder} holds another model now`,
    facts: { reference: id },
    hint: 'run rebuild, so that the index says where each model is',
  });
}

/** @internal */
export interface WriteChangeOptions {
  readonly found: FoundModel;
  readonly changed: ModelState;
  readonly changes: readonly HistoryEntry[];
  readonly txn: string;
  /** Makes the model's folder what the metadata says. @default {@link projectFiles} where that may differ */
  readonly project?: (() => Promise<void>) | undefined;
}

/** @internal Writes metadata.json as its next revision, then what is derived from it. */
export async function writeChange(context: StoreContext, options: WriteChangeOptions): Promise<ModelRecord> {
  const { found, changed, changes, txn } = options;
  const history = changes.length === 0 ? {} : { history: grownHistory(changed.metadata.history, changes) };
  const metadata = {
    ...changed.metadata,
    ...history,
    revision: found.metadata.revision + 1,
    txn,
    updatedAt: timestamp(context),
  };
  const { folder } = found;
  if (isFolderStore(context)) await withdrawReplaced(context, { folder, present: found.metadata, next: metadata });
  await writeFileAtomic(context.fileSystem, { path: join(folder, METADATA_FILE), data: serialiseMetadata(metadata) });
  const isElse = metadata.files !== found.metadata.files || metadata.evictedAt !== found.metadata.evictedAt;
  if (options.project !== undefined) await options.project();
  else if (isElse) await projectFiles(context, { folder, metadata });
  const record = effectiveRecord(metadata, changed.overrides);
  await context.index.upsert([record]);
  return marked(context, record);
}
