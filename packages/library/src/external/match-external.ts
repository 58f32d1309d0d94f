import { isModelkeepError, type ModelFile, type ModelRecord } from '@modelkeep/core';
import { modelFilePath } from '../models/model-folder.ts';
import { readModel } from '../models/walk-models.ts';
import { openScanState } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import type { GroupPlace } from './draft-external.ts';
import { nearestDevice } from './external-place.ts';
import type { FoundFile } from './found-set.ts';
import type { FoundGroup } from './group-found.ts';

/** @internal What the files of a group are to the library. */
export type ExternalMatch =
  | { readonly kind: 'new' }
  /** All is as it is known. */
  | { readonly kind: 'same'; readonly record: ModelRecord }
  /** The same model with other files than it had, in the same place. */
  | { readonly kind: 'changed'; readonly record: ModelRecord }
  /** A model that is no longer where it was. */
  | { readonly kind: 'moved'; readonly record: ModelRecord }
  /** The library has the same weights elsewhere. */
  | { readonly kind: 'duplicate'; readonly record: ModelRecord };

/**
 * @internal Finds the model that files are: by the content of its weights, and where that is new by their place. The index
 * says where to look, the metadata decides.
 */
export async function matchExternal(
  context: StoreContext,
  found: FoundGroup,
  where: GroupPlace,
): Promise<ExternalMatch> {
  const weights = weightsOf(found);
  const key = keyOf(weights);
  const candidates = await candidatesFor(context, weights);
  const alike = candidates.filter((record) => keyOf(record.files.filter(({ role }) => role === 'weights')) === key);

  const names = weights.map((file) => where.below(file));
  const here = alike.find(
    (record) => isPlaced(record, where) && weightPaths(record).join('\n') === names.toSorted().join('\n'),
  );
  if (here !== undefined) return { kind: isAsKnown(here, found, where) ? 'same' : 'changed', record: here };
  let gone: ModelRecord | undefined;
  for (const record of alike) {
    if (record.place.kind === 'library' || !(await isGone(context, record))) return { kind: 'duplicate', record };
    gone ??= record;
  }
  if (gone !== undefined) return { kind: 'moved', record: gone };

  const inPlace = candidates.find(
    (record) => isPlaced(record, where) && weightPaths(record).some((path) => names.includes(path)),
  );
  if (inPlace !== undefined) return { kind: 'changed', record: inPlace };
  const edited = await findEdited(context, weights);
  return edited === null ? { kind: 'new' } : { kind: 'moved', record: edited };
}

/** A model that is gone and had the same tensors: somebody has changed the headers of its files, and where they are. */
async function findEdited(context: StoreContext, weights: readonly FoundFile[]): Promise<ModelRecord | null> {
  const twins = await openScanState(context).sameTensors(weights.map(({ sha256 }) => sha256));
  if (twins.size === 0) return null;
  const before = (sha256: string): readonly string[] => [sha256, ...(twins.get(sha256) ?? [])];
  for (const record of await candidatesOf(
    context,
    weights.flatMap(({ sha256 }) => before(sha256)),
  )) {
    const had = record.files.filter(({ role }) => role === 'weights').map(({ sha256 }) => sha256);
    const isSame =
      had.length === weights.length && weights.every(({ sha256 }) => before(sha256).some((one) => had.includes(one)));
    if (isSame && record.place.kind === 'external' && (await isGone(context, record))) return record;
  }
  return null;
}

function weightsOf({ group, files }: FoundGroup): FoundFile[] {
  const names = new Set(group.weights);
  return files.filter(({ name }) => names.has(name));
}

function keyOf(files: readonly { readonly sha256: string }[]): string {
  return files
    .map(({ sha256 }) => sha256)
    .toSorted()
    .join(' ');
}

function isPlaced({ place }: ModelRecord, where: GroupPlace): boolean {
  return place.kind === 'external' && place.volumeId === where.place.volumeId && place.path === where.place.path;
}

function weightPaths({ files }: ModelRecord): string[] {
  return files
    .filter(({ role }) => role === 'weights')
    .map((file) => file.at ?? file.name)
    .toSorted();
}

async function candidatesFor(context: StoreContext, weights: readonly FoundFile[]): Promise<ModelRecord[]> {
  return candidatesOf(
    context,
    weights.flatMap(({ sha256, previousSha256 }) => (previousSha256 === null ? [sha256] : [sha256, previousSha256])),
  );
}

async function candidatesOf(context: StoreContext, sha256s: readonly string[]): Promise<ModelRecord[]> {
  const slugs = new Set<string>();
  for (const hash of new Set(sha256s)) {
    for (const { modelId } of await context.index.findByFileHash({ sha256: hash })) {
      const record = await context.index.get(modelId);
      if (record !== null) slugs.add(record.slug);
    }
  }
  const records: ModelRecord[] = [];
  for (const slug of slugs) {
    try {
      records.push((await readModel(context.fileSystem, context.layout, slug)).record);
    } catch (error) {
      if (!isModelkeepError(error, 'io.not-found') && !isModelkeepError(error, 'library.corrupt-metadata')) throw error;
    }
  }
  return records;
}

function isAsKnown(record: ModelRecord, { group, files }: FoundGroup, where: GroupPlace): boolean {
  const line = (path: string, sha256: string): string => `${path}\0${sha256}`;
  const known = record.files.map((file) => line(file.at ?? file.name, file.sha256));
  const seen = files.map((file) => line(where.below(file), file.sha256));
  return (
    record.place.kind === 'external' &&
    record.place.missing.length === 0 &&
    group.expectedWeights.length === Math.max(1, record.expectedFiles.length) &&
    known.toSorted().join('\n') === seen.toSorted().join('\n')
  );
}

/** Whether the weights of a model are nowhere to be seen, although their drive is there. */
async function isGone(context: StoreContext, record: ModelRecord): Promise<boolean> {
  for (const file of record.files.filter(({ role }) => role === 'weights')) {
    if (await isThere(context, record, file)) return false;
    const device = await nearestDevice(context, modelFilePath(context.layout, record, file));
    if (device === null || (file.stamp !== undefined && file.stamp.device !== device)) return false;
  }
  return true;
}

/** Whether the bytes that a model has are still under its name, and not others that came in their place. */
async function isThere(context: StoreContext, record: ModelRecord, file: ModelFile): Promise<boolean> {
  const path = modelFilePath(context.layout, record, file);
  try {
    const status = await context.fileSystem.stat(path);
    if (status.kind !== 'file' || status.sizeBytes !== file.sizeBytes) return false;
    const known = await openScanState(context).file(path);
    return known === null ? true : known.sha256 === file.sha256;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.failed')) return false;
    throw error;
  }
}
