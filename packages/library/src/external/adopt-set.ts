import { newId, type ExternalPlace, type ModelMetadata, type ModelRecord, type ModelSource } from '@modelkeep/core';
import { linkCompanions } from '../models/link-companions.ts';
import { sourcesOf } from '../models/new-metadata.ts';
import { updateModel } from '../models/update-model.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { forEach } from '../tasks/for-each.ts';
import { createExternalCommit, type ExternalCommit } from './commit-external.ts';
import { draftExternal, placeOfGroup, type GroupPlace } from './draft-external.ts';
import { externalPlace } from './external-place.ts';
import type { FoundSet } from './found-set.ts';
import { groupFound, type FoundGroup } from './group-found.ts';
import { matchExternal, type ExternalMatch } from './match-external.ts';

/** @internal What became of the files of one model. */
export interface AdoptedModel {
  readonly outcome: 'added' | 'same' | 'updated' | 'returned' | 'moved' | 'duplicate';
  readonly record: ModelRecord;
  /** The record before it was updated or moved. */
  readonly before: ModelRecord | null;
  readonly found: FoundGroup;
}

/** @internal How {@link adoptSet} adopts. */
export interface AdoptSetOptions {
  /**
   * Models by the places of their weights, of sets before this one: the same files in another revision or under another
   * name add to where a model is from, and change nothing else.
   */
  readonly claimed?: Map<string, ModelRecord> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Models whose metadata is written under one hold of the lock, which is for milliseconds. */
const AT_ONCE = 16;
/** Models whose headers are read at the same time. */
const GROUPS_AT_ONCE = 4;

/**
 * @internal Makes models of files that stay where they are. A model that the library knows keeps its id, its metadata and
 * its overrides wherever its files went.
 */
export async function adoptSet(
  context: StoreContext,
  set: FoundSet,
  { claimed = new Map(), signal }: AdoptSetOptions = {},
): Promise<AdoptedModel[]> {
  const adopted: AdoptedModel[] = [];
  const pending: PendingGroup[] = [];
  const transactionId = newId();
  const placeOf = rememberPlaces(context);
  const look = async (found: FoundGroup): Promise<void> => {
    const first = claimed.get(claimOf(found));
    if (first !== undefined) {
      await noteSources(context, { found, record: first, transactionId });
      return;
    }
    const where = await placeOfGroup(found, { set, placeOf });
    const match = await matchExternal(context, found, where);
    if (match.kind === 'same' || match.kind === 'duplicate') {
      const record = await noteSources(context, { found, record: match.record, transactionId });
      adopted.push({ outcome: match.kind, record, before: null, found });
      return;
    }
    // Reading the headers comes before the lock.
    const draft = await draftExternal(context, { set, found, where, transactionId, signal });
    pending.push({ found, where, draft });
  };
  await forEach(await groupFound(context, set), look, { atOnce: GROUPS_AT_ONCE, signal });
  pending.sort((a, b) => (a.found.group.key < b.found.group.key ? -1 : 1));
  if (pending.length === 0) return claim(adopted, claimed);
  const commit = createExternalCommit(context, transactionId);
  try {
    for (let start = 0; start < pending.length; start += AT_ONCE) {
      const some = pending.slice(start, start + AT_ONCE);
      await commit.announce(some.map(({ draft }) => draft));
      await commit.stage(some.map(({ draft }) => draft));
      const work = (): Promise<AdoptedModel[]> => adoptGroups(context, some, { commit, transactionId });
      adopted.push(...(await withLock(context, 'external', work, signal)));
    }
    const linked = await withProjectors(context, adopted, transactionId);
    await commit.end();
    return claim(linked, claimed);
  } catch (error) {
    await commit.abandon();
    throw error;
  }
}

/** Most models of a set are in few folders. */
function rememberPlaces(context: StoreContext): (folder: string) => Promise<ExternalPlace> {
  const places = new Map<string, Promise<ExternalPlace>>();
  return (folder) => {
    const place = places.get(folder) ?? externalPlace(context, folder);
    places.set(folder, place);
    return place;
  };
}

interface PendingGroup {
  readonly found: FoundGroup;
  readonly where: GroupPlace;
  readonly draft: ModelMetadata;
}

interface AdoptGroupsOptions {
  readonly commit: ExternalCommit;
  readonly transactionId: string;
}

/** Another process may have adopted the same files meanwhile: each group is matched again under the lock. */
async function adoptGroups(
  context: StoreContext,
  groups: readonly PendingGroup[],
  options: AdoptGroupsOptions,
): Promise<AdoptedModel[]> {
  const matched: { readonly group: PendingGroup; readonly match: ExternalMatch }[] = [];
  for (const group of groups) matched.push({ group, match: await matchExternal(context, group.found, group.where) });

  // The same weights twice among them: the second is matched again once the first is there.
  const fresh = new Map<string, PendingGroup>();
  const again: PendingGroup[] = [];
  for (const { group, match } of matched) {
    if (match.kind !== 'new') continue;
    const key = weightsKey(group.draft);
    if (fresh.has(key)) again.push(group);
    else fresh.set(key, group);
  }
  const adopted: AdoptedModel[] = [];
  const records = await options.commit.publish([...fresh.values()].map(({ draft }) => draft));
  for (const [position, { found }] of [...fresh.values()].entries()) {
    const record = records[position];
    if (record !== undefined) adopted.push({ outcome: 'added', record, before: null, found });
  }
  for (const { group, match } of matched) {
    if (match.kind !== 'new') adopted.push(await adoptKnown(context, { group, match }, options));
  }
  if (again.length > 0) adopted.push(...(await adoptGroups(context, again, options)));
  return adopted;
}

function weightsKey({ files }: ModelMetadata): string {
  return files
    .filter(({ role }) => role === 'weights')
    .map(({ sha256 }) => sha256)
    .toSorted()
    .join(' ');
}

async function adoptKnown(
  context: StoreContext,
  {
    group: { found, draft },
    match,
  }: { readonly group: PendingGroup; readonly match: Exclude<ExternalMatch, { readonly kind: 'new' }> },
  { commit, transactionId }: AdoptGroupsOptions,
): Promise<AdoptedModel> {
  if (match.kind === 'same' || match.kind === 'duplicate') {
    const record = await noteSources(context, { found, record: match.record, transactionId });
    return { outcome: match.kind, record, before: null, found };
  }
  const before = match.record;
  const { id, slug } = before;
  await commit.announce([before]);
  // Somebody may have made it the library's own meanwhile.
  const change = (present: ModelMetadata): ModelMetadata =>
    present.place === undefined ? present : withFiles(present, draft);
  const record = await updateModel(context, { id, slug, txn: transactionId, change });
  return { outcome: outcomeOf(match, before), record, before, found };
}

function outcomeOf({ kind }: ExternalMatch, before: ModelRecord): 'moved' | 'returned' | 'updated' {
  if (kind === 'moved') return 'moved';
  return before.place.kind === 'external' && before.place.missing.length > 0 ? 'returned' : 'updated';
}

/** The present model with the files that were found, wherever they are and whatever they became. */
function withFiles(present: ModelMetadata, draft: ModelMetadata): ModelMetadata {
  const { files, format, expectedFiles, layers } = draft;
  const elsewhere = present.sources.filter(({ provider }) => provider !== 'local');
  const sources = withSources(elsewhere, draft.sources);
  return {
    ...present,
    ...(draft.place === undefined ? {} : { place: draft.place }),
    files,
    format,
    expectedFiles,
    sources,
    layers: { ...present.layers, ...layers },
  };
}

function withSources(present: readonly ModelSource[], added: readonly ModelSource[]): readonly ModelSource[] {
  const known = new Set(present.map((source) => JSON.stringify(source)));
  const fresh = added.filter((source) => !known.has(JSON.stringify(source)));
  return fresh.length === 0 ? present : [...present, ...fresh];
}

/** A store may know where a model is from that the library has without that. */
async function noteSources(
  context: StoreContext,
  options: { readonly found: FoundGroup; readonly record: ModelRecord; readonly transactionId: string },
): Promise<ModelRecord> {
  const { found, record, transactionId } = options;
  const sources = sourcesOf(found.files, found.group).filter(({ provider }) => provider !== 'local');
  if (withSources(record.sources, sources) === record.sources) return record;
  const change = (present: ModelMetadata): ModelMetadata => {
    const merged = withSources(present.sources, sources);
    return merged === present.sources ? present : { ...present, sources: merged };
  };
  return updateModel(context, { id: record.id, slug: record.slug, txn: transactionId, change });
}

function claim(adopted: AdoptedModel[], claimed: Map<string, ModelRecord>): AdoptedModel[] {
  for (const { found, record } of adopted) claimed.set(claimOf(found), record);
  return adopted;
}

function claimOf({ group, files }: FoundGroup): string {
  const names = new Set(group.weights);
  return files
    .filter(({ name }) => names.has(name))
    .map(({ real }) => real)
    .toSorted()
    .join('\0');
}

/** A language model and the projectors that stand beside it know of each other. */
async function withProjectors(
  context: StoreContext,
  adopted: readonly AdoptedModel[],
  transactionId: string,
): Promise<AdoptedModel[]> {
  const folders = Map.groupBy(adopted, ({ found }) => found.group.folder);
  const linked = new Map<string, ModelRecord>();
  for (const beside of folders.values()) {
    const records = beside.map(({ record }) => record);
    for (const record of await linkCompanions(context, records, transactionId)) linked.set(record.id, record);
  }
  return adopted.map((one) => ({ ...one, record: linked.get(one.record.id) ?? one.record }));
}
