import type { ModelRecord } from '@modelkeep/core';
import { blobStatus } from '../blobs/blob-store.ts';
import { allModels } from '../revisions/models-of-source.ts';
import { resolveReference } from '../models/resolve-reference.ts';
import { isHere, type StoreContext } from '../store-context.ts';
import type { EvictPlaces } from './evict-places.ts';
import type { EvictedModel, EvictModelsOptions, KeptModel, Stay } from './evict-report.ts';
import { fetchableStay } from './fetchable.ts';
import { namesInTrash } from './names-in-trash.ts';

/** @internal What goes and what stays. */
export interface EvictPlan {
  readonly chosen: readonly (EvictedModel & { readonly model: ModelRecord; readonly home: StoreContext })[];
  readonly stays: readonly KeptModel[];
}

/** @internal What is known of the use of models. */
export interface UseFacts {
  readonly used: ReadonlyMap<string, number>;
  readonly leased: ReadonlySet<string>;
}

/** @internal Chooses the least recently used models until enough would be freed. Changes nothing. */
export async function planEviction(
  { index }: Pick<StoreContext, 'index'>,
  options: EvictModelsOptions,
  { used, leased, places }: UseFacts & { readonly places: EvictPlaces },
): Promise<EvictPlan> {
  const { freeBytes, signal, unfetchable = false } = options;
  const lastUsedMs = (model: ModelRecord): number => Math.max(used.get(model.id) ?? 0, Date.parse(model.importedAt));
  const candidates = (await wantedModels(index, options)).toSorted(
    (a, b) => lastUsedMs(a) - lastUsedMs(b) || (a.id < b.id ? -1 : 1),
  );
  const gone = new Set<string>();
  const freed = new Map<string, number>();
  const spare = new Map<string, number>();
  for (const context of places.contexts)
    for (const [sha256, names] of await namesInTrash(context)) spare.set(blobOn(context, sha256), names.length);
  const chosen: EvictPlan['chosen'][number][] = [];
  const stays: KeptModel[] = [];
  const stay = (model: ModelRecord, reason: Stay): void => void stays.push({ ...namesOf(model), ...reason });
  let bytes = 0;
  for (const model of candidates) {
    signal?.throwIfAborted();
    const home = places.placeOf(model);
    if ('why' in home) {
      stay(model, home);
      continue;
    }
    const reason =
      ownStay(model, leased) ??
      (bytes >= freeBytes ? notNeeded : null) ??
      (unfetchable ? null : fetchableStay(model)) ??
      (await options.stays?.plan(model, signal)) ??
      null;
    if (reason !== null) {
      stay(model, reason);
      continue;
    }
    gone.add(model.id);
    const gained = await bytesFreedBy(home, model, { gone, freed, spare });
    bytes += gained;
    chosen.push({ ...namesOf(model), lastUsedAt: isoTime(lastUsedMs(model)), bytes: gained, model, home });
  }
  const isUseful = ({ model, home }: EvictPlan['chosen'][number]): boolean =>
    model.files.some(({ role, sha256 }) => role === 'weights' && freed.has(blobOn(home, sha256)));
  for (const { model } of chosen.filter((one) => !isUseful(one))) stay(model, shared);
  return { chosen: chosen.filter((one) => isUseful(one)), stays };
}

const notNeeded: Stay = { why: 'not-needed', detail: 'enough is freed without it' };
const shared: Stay = {
  why: 'shared',
  detail: 'its weights have other names that stay: giving it up frees next to nothing',
};

/** What the record of a model and the leases tell. */
export function ownStay(model: ModelRecord, leased: ReadonlySet<string>): Stay | null {
  if (model.evictedAt !== undefined) return { why: 'evicted', detail: 'its files went before' };
  if (model.pinned === true) return { why: 'pinned', detail: 'it was pinned' };
  if (leased.has(model.id)) return { why: 'leased', detail: 'a process works with it' };
  return null;
}

/** @internal How a report names a model. */
export function namesOf({ id, slug, place }: ModelRecord): Pick<KeptModel, 'modelId' | 'slug' | 'volumeId'> {
  const volumeId = place.kind === 'library' ? place.volumeId : undefined;
  return { modelId: id, slug, ...(volumeId === undefined ? {} : { volumeId }) };
}

/** The same content on two volumes is two blobs. */
function blobOn({ volume }: StoreContext, sha256: string): string {
  return `${volume.volumeId} ${sha256}`;
}

async function wantedModels(
  index: StoreContext['index'],
  { models: references, signal }: EvictModelsOptions,
): Promise<ModelRecord[]> {
  const models: ModelRecord[] = [];
  if (references === undefined) for await (const model of allModels(index, { signal })) models.push(model);
  else for (const reference of references) models.push(await resolveReference(index, reference));
  return [...new Map(models.map((model) => [model.id, model])).values()];
}

interface Gone {
  readonly gone: ReadonlySet<string>;
  readonly freed: Map<string, number>;
  /** Names of blobs that go with the eviction. */
  readonly spare: ReadonlyMap<string, number>;
}

/** Bytes of its volume that nothing needs once this model and those before it are gone. */
async function bytesFreedBy(
  context: StoreContext,
  { files }: ModelRecord,
  { gone, freed, spare }: Gone,
): Promise<number> {
  let bytes = 0;
  for (const sha256 of new Set(files.map((file) => file.sha256))) {
    if (freed.has(blobOn(context, sha256))) continue;
    const status = await blobStatus(context, sha256);
    if (status === null) continue;
    const holders = await holdersOf(context, sha256);
    if (holders.some(({ id, evictedAt }) => !gone.has(id) && evictedAt === undefined)) continue;
    // A name that is neither the blob's nor one of these models', such as a hard link of an app, keeps the bytes.
    const blob = blobOn(context, sha256);
    if (status.linkCount > 1 + holders.length + (spare.get(blob) ?? 0)) continue;
    freed.set(blob, status.diskBytes);
    bytes += status.diskBytes;
  }
  return bytes;
}

/** The models of a volume that have a file with this content, once for each such file. */
async function holdersOf(context: StoreContext, sha256: string): Promise<ModelRecord[]> {
  const holders: ModelRecord[] = [];
  for (const { modelId } of await context.index.findByFileHash({ sha256 })) {
    const model = await context.index.get(modelId);
    if (model !== null && isHere(context, model)) holders.push(model);
  }
  return holders;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
