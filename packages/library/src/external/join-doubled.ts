import { isModelkeepError, newId, type ModelMetadata, type ModelOverrides, type ModelRecord } from '@modelkeep/core';
import { isWritable, metadataVersions, overridesVersions } from '../metadata/schema-versions.ts';
import { stableJson } from '../metadata/stable-json.ts';
import { changeModel, lockOf, readSameModel } from '../models/change-model.ts';
import { contentLockOf } from '../models/content-lock.ts';
import { weightsKey } from '../models/file-order.ts';
import { releaseModel } from '../models/release-model.ts';
import { renameReferences } from '../models/rename-references.ts';
import type { FoundModel } from '../models/walk-models.ts';
import { joinUses } from '../room/join-uses.ts';
import { isHere, withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import { trashName } from '../volume/trash.ts';
import type { DoubledModel } from './doubled-models.ts';
import { externalSlug } from './external-slug.ts';
import { isOutside } from './find-adopted.ts';
import { noteAsStored, nothingToRemove } from './take-in.ts';
import { withOutside } from './with-outside.ts';

/** @internal */
export interface JoinDoubledOptions {
  /** Hears of each model and the id that it had outside, once that is gone: what leads to its files is led to the library's. */
  readonly onJoined?: ((model: ModelRecord, formerId: string) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Makes one model of each pair. First the one in the library learns what is known outside, then the others that
 * name the one outside name it, and last the metadata outside goes by one rename: whatever ends it before leaves the pair,
 * and joining it again changes only what was not yet done.
 *
 * @param context - the first volume: it has the metadata of all models outside
 * @returns the pairs that are one model now
 */
export async function joinDoubled(
  context: StoreContext,
  doubled: readonly DoubledModel[],
  options: JoinDoubledOptions = {},
): Promise<DoubledModel[]> {
  const learnt: LearntModel[] = [];
  for (const pair of doubled) {
    options.signal?.throwIfAborted();
    const one = await orNull(learn(context, pair));
    if (one !== null) learnt.push(one);
  }
  if (learnt.length === 0) return [];
  await renameReferences(context, new Map(learnt.map(({ pair }) => [pair.outsideId, pair.modelId])));
  const joined: DoubledModel[] = [];
  for (const one of learnt) if (await withdraw(context, one, options)) joined.push(one.pair);
  return joined;
}

interface LearntModel {
  readonly pair: DoubledModel;
  /** The volume of the model in the library. */
  readonly home: StoreContext;
  readonly stored: FoundModel;
  /** As it is known in the library now. */
  readonly outside: FoundModel;
}

async function learn(context: StoreContext, pair: DoubledModel): Promise<LearntModel | null> {
  const { modelId: id, outsideId } = pair;
  const record = await context.index.get(id);
  const volumes = context.volumes?.online() ?? [context];
  const home = record === null ? undefined : volumes.find((volume) => isHere(volume, record));
  if (record === null || home === undefined) return null;
  const { slug } = record;
  return withLock(home, contentLockOf(record), async () => {
    const stored = await readSameModel(home, { id, slug });
    const outside = await readSameModel(context, { id: outsideId, slug: externalSlug(outsideId) });
    if (!isPair(stored, outside) || ![stored, outside].every((model) => isOfThisVersion(model))) return null;
    await changeModel(home, { id, slug, txn: newId(), by: 'import', change: (state) => withOutside(state, outside) });
    await joinUses(context, { from: outsideId, to: id });
    return { pair, home, stored, outside };
  });
}

/** Whoever edits the model outside meanwhile is heard by the next one who joins them. */
async function withdraw(context: StoreContext, one: LearntModel, { onJoined }: JoinDoubledOptions): Promise<boolean> {
  const { pair, home, stored, outside } = one;
  const removal = { id: pair.outsideId, slug: externalSlug(pair.outsideId), trash: trashName(context.clock.now()) };
  const release = async (): Promise<ModelRecord | null> => {
    const now = await readSameModel(context, removal);
    const into = await readSameModel(home, { id: pair.modelId, slug: stored.slug });
    if (!isPair(into, now) || !isSameState(now, outside)) return null;
    await releaseModel(context, { found: now, removal, plan: nothingToRemove(now) });
    await context.index.remove([pair.outsideId]);
    await noteAsStored(context, into.metadata);
    return into.record;
  };
  const withdrawn = await finishing(context, {
    txn: newId(),
    intent: { removal: { ...removal, into: pair.modelId } },
    async work() {
      const alone = (): Promise<ModelRecord | null> => withLock(context, lockOf(removal), release);
      const record = await orNull(withLock(home, contentLockOf(stored.metadata), alone));
      if (record !== null) await onJoined?.(record, pair.outsideId);
      return record;
    },
  });
  return withdrawn !== null;
}

function isPair({ metadata: stored }: FoundModel, outside: FoundModel): boolean {
  const isStored = stored.place === undefined && stored.evictedAt === undefined;
  return isStored && isOutside(outside, weightsKey(stored.files));
}

interface KnownState {
  readonly metadata: ModelMetadata;
  readonly overrides: ModelOverrides;
}

function isOfThisVersion({ metadata, overrides }: KnownState): boolean {
  return isWritable(metadata, metadataVersions) && isWritable(overrides, overridesVersions);
}

function isSameState(now: KnownState, before: KnownState): boolean {
  const isSameRevision = now.metadata.revision === before.metadata.revision;
  return isSameRevision && stableJson(now.overrides) === stableJson(before.overrides);
}

/** One of both may have been deleted, or joined by somebody else, meanwhile. */
async function orNull<T>(work: Promise<T | null>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'library.model-not-found')) return null;
    throw error;
  }
}
