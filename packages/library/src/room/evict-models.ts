import { isModelkeepError, newId, startOperation, type ModelRecord, type Operation } from '@modelkeep/core';
import { readMarks } from '../gc/read-marks.ts';
import { isWritable, metadataVersions } from '../metadata/schema-versions.ts';
import { lockOf, readSameModel, writeChange } from '../models/change-model.ts';
import { contentLockOf } from '../models/content-lock.ts';
import { onDisk } from '../models/on-disk.ts';
import { walkModels, type FoundModel } from '../models/walk-models.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import { clearFiles, ownFiles } from './clear-evicted.ts';
import { evictPlaces, type EvictPlaces } from './evict-places.ts';
import { namesOf, ownStay, planEviction } from './evict-plan.ts';
import type { EvictedModel, EvictModelsOptions, EvictReport, KeptModel, Stay } from './evict-report.ts';
import { isDerived } from './fetchable.ts';
import { freeBlobs } from './free-blobs.ts';
import { leasedModels } from './leases.ts';
import { giveUpSpareRoom } from './spare-room.ts';
import type { VolumeSet } from '../volumes/volume-set.ts';
import type { ModelUse } from './model-use.ts';

/**
 * @internal Gives up the files of the least recently used models until enough is free. The rename of a model's
 * metadata.json is the commit: from then on its files count as not there, and the rest is derived. Their blobs are removed
 * at the end, unless somebody needs them.
 */
export function evictModels(
  set: VolumeSet & { readonly first: StoreContext },
  options: EvictModelsOptions,
  { use, before }: { readonly use: ModelUse; readonly before: () => void },
): Operation<EvictReport> {
  const { freeBytes, dryRun = false, signal } = options;
  return startOperation(async (report) => {
    signal?.throwIfAborted();
    if (!dryRun) before();
    report({ phase: 'planning' });
    const places = await evictPlaces(set, options);
    // What cannot be told from what is needed is told before anything is given up.
    if (!dryRun) for (const context of places.contexts) await readMarks(context, signal);
    const leased = new Set<string>();
    for (const context of places.contexts) for (const id of await leasedModels(context)) leased.add(id);
    const plan = await planEviction(set.first, options, { used: await use.read(), leased, places });
    const told = { dryRun, bytesWanted: freeBytes };
    const entryOf = ({ model: _model, home: _home, ...entry }: (typeof plan.chosen)[number]): EvictedModel => entry;
    if (dryRun) {
      const bytesFreed = plan.chosen.reduce((sum, { bytes }) => sum + bytes, 0);
      return { ...told, bytesFreed, evicted: plan.chosen.map((one) => entryOf(one)), stays: plan.stays };
    }
    await giveUpSpareRoom(set);
    const evicted: EvictedModel[] = [];
    const stays: KeptModel[] = [...plan.stays];
    for (const [position, one] of plan.chosen.entries()) {
      const filesTotal = plan.chosen.length;
      report({ phase: 'collecting', file: one.slug, filesDone: position, filesTotal, fraction: position / filesTotal });
      const reason = await evictModel(set.first, one.model, { ...options, places });
      if (reason === null) evicted.push(entryOf(one));
      else stays.push({ ...namesOf(one.model), ...reason });
    }
    let bytesFreed = 0;
    for (const context of places.contexts)
      bytesFreed += await freeBlobs(context, await evictedContents(context, signal), signal);
    report({ phase: 'done', fraction: 1, file: null });
    return { ...told, bytesFreed, evicted, stays };
  });
}

/** @returns why it stays after all */
async function evictModel(
  context: StoreContext,
  model: ModelRecord,
  options: EvictModelsOptions & { readonly places: EvictPlaces },
): Promise<Stay | null> {
  const { signal } = options;
  signal?.throwIfAborted();
  try {
    return await onDisk(context, model.id, async (place, home) => {
      // Moved to another drive meanwhile, it would free nothing where room is needed.
      if (!options.places.contexts.some(({ volume }) => volume.volumeId === home.volume.volumeId)) return elsewhere;
      const found = await readSameModel(home, place);
      // What takes long comes before the locks: other processes wait for them.
      const own = await ownFiles(home, found, signal);
      const evict = (): Promise<Stay | null> => evictLocked(home, { found, own, options });
      const evictAlone = (): Promise<Stay | null> => withLock(home, lockOf(place), evict, signal);
      return withLock(home, contentLockOf(found.metadata), evictAlone, signal);
    });
  } catch (error) {
    const isGone = isModelkeepError(error, 'library.model-not-found') || isModelkeepError(error, 'io.not-found');
    if (!isGone) throw error;
    return elsewhere;
  }
}

const elsewhere: Stay = { why: 'changed', detail: 'somebody has deleted or moved it meanwhile' };

interface Eviction {
  readonly found: FoundModel;
  readonly own: Awaited<ReturnType<typeof ownFiles>>;
  readonly options: EvictModelsOptions;
}

async function evictLocked(context: StoreContext, { found, own, options }: Eviction): Promise<Stay | null> {
  const { signal } = options;
  const now = await readSameModel(context, { id: found.metadata.id, slug: found.slug });
  const reason =
    ownStay(now.record, await leasedModels(context)) ?? (await options.stays?.now(now.record, signal)) ?? null;
  if (reason !== null) return reason;
  if (now.metadata.revision !== found.metadata.revision)
    return { why: 'changed', detail: 'somebody has changed it meanwhile' };
  if (!isWritable(now.metadata, metadataVersions))
    return { why: 'newer-format', detail: 'a newer version of modelkeep has written it' };
  signal?.throwIfAborted();
  const txn = newId();
  const { overrides } = now;
  const files = now.metadata.files.filter((file) => !isDerived(file));
  const metadata = { ...now.metadata, files, evictedAt: timestamp(context) };
  const project = (): Promise<void> => clearFiles(context, { folder: now.folder, metadata, own });
  const work = async (): Promise<void> => {
    await writeChange(context, { found: now, changed: { metadata, overrides }, changes: [], txn, project });
  };
  await finishing(context, { txn, intent: { models: [now.metadata] }, work });
  return null;
}

/** The contents of all evicted models: what a process that died has left of them goes as well. */
async function evictedContents(context: StoreContext, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const contents = new Set<string>();
  for await (const model of walkModels(context.fileSystem, context.layout)) {
    signal?.throwIfAborted();
    if ('error' in model || model.metadata.evictedAt === undefined) continue;
    for (const { sha256 } of model.metadata.files) contents.add(sha256);
  }
  return contents;
}
