import { isModelkeepError, newId, type ModelMetadata, type ModelRecord } from '@modelkeep/core';
import { rulesVersion } from '@modelkeep/formats';
import { folderOf } from '../grouping/group-files.ts';
import { mergeLayers } from '../metadata/merge-layers.ts';
import type { StoreContext } from '../store-context.ts';
import { modelFilePath } from './model-folder.ts';
import { scanLayers } from './scan-layers.ts';
import { sidecarLayers } from './sidecar-layers.ts';
import { updateModel } from './update-model.ts';
import { readModel, type FoundModel } from './walk-models.ts';

/** What `refreshModel` found to be different. */
export interface RefreshedModel {
  readonly record: ModelRecord;
  /** Whether anything of the model changed. */
  readonly changed: boolean;
  /** The layers that the model has, by their names. */
  readonly layers: readonly string[];
  /** What its sidecars and the site say may show it: addresses of pictures. */
  readonly previews: readonly { readonly url: string; readonly nsfwLevel: number | null }[];
}

/**
 * @internal Reads what stands beside and in the files of a model again: the sidecars, and the headers where the rules that
 * told what it is have become better since. Only what is new is written.
 *
 * @throws `library.model-not-found`, `library.corrupt-metadata`, `io.*`
 */
export async function refreshModel(
  context: StoreContext,
  { id, slug }: Pick<ModelRecord, 'id' | 'slug'>,
  signal?: AbortSignal,
): Promise<RefreshedModel> {
  const found = await readModel(context.fileSystem, context.layout, slug);
  const arrived = { ...(await sidecars(context, found, signal)), ...(await betterRules(context, found, signal)) };
  const merged = mergeLayers(found.metadata.layers, arrived);
  if (merged === found.metadata.layers) return { record: found.record, changed: false, ...toldBy(merged) };
  const change = (present: ModelMetadata): ModelMetadata => {
    const layers = mergeLayers(present.layers, arrived);
    return layers === present.layers ? present : { ...present, layers };
  };
  const record = await updateModel(context, { id, slug, txn: newId(), isOwn: true, change });
  return { record, changed: record.revision !== found.record.revision, ...toldBy(merged) };
}

function toldBy(layers: Layers): Pick<RefreshedModel, 'layers' | 'previews'> {
  const previews = (['civitai-sidecar', 'civitai-api'] as const).flatMap((name): RefreshedModel['previews'] => {
    const told = layers[name]?.extra?.['previews'];
    return Array.isArray(told) ? told.filter((one): one is RefreshedModel['previews'][number] => isPreview(one)) : [];
  });
  return { layers: Object.keys(layers), previews: [...previews, ...cardPicture(layers.hub)] };
}

/** The picture that a model card names. Its author rates it by the whole repo. */
function cardPicture(hub: Layers['hub']): RefreshedModel['previews'] {
  const url = hub?.extra?.['thumbnail'];
  if (typeof url !== 'string' || !/^https?:\/\//u.test(url)) return [];
  const isForAll = hub?.facts.tags?.includes('not-for-all-audiences') !== true;
  return [{ url, nsfwLevel: isForAll ? 1 : null }];
}

function isPreview(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { url, nsfwLevel } = value as { url?: unknown; nsfwLevel?: unknown };
  return typeof url === 'string' && (nsfwLevel === null || typeof nsfwLevel === 'number');
}

type Layers = ModelMetadata['layers'];

/** Where the files are: a model of the library has blobs, any other one its own files. */
function pathsOf(
  { layout }: StoreContext,
  { metadata }: FoundModel,
): ((file: { readonly officialName: string; readonly sha256: string }) => string) | undefined {
  if (metadata.place === undefined) return undefined;
  const byName = new Map(metadata.files.map((file) => [file.officialName, file]));
  return ({ officialName }) => modelFilePath(layout, metadata, byName.get(officialName) ?? { name: officialName });
}

function groupOf({ metadata }: FoundModel): {
  readonly key: string;
  readonly kind: 'file' | 'shards' | 'diffusers';
  readonly folder: string;
} {
  const weights = metadata.files.filter(({ role }) => role === 'weights').map(({ officialName }) => officialName);
  const [first = ''] = weights;
  if (metadata.format === 'diffusers') {
    const index = metadata.files.find(({ officialName }) => /(?:^|\/)model_index\.json$/u.test(officialName));
    const folder = folderOf(index?.officialName ?? first);
    return { key: folder, kind: 'diffusers', folder };
  }
  if (weights.length > 1)
    return { key: first.replace(/-\d{5}-of-\d{5}(?=\.)/u, ''), kind: 'shards', folder: folderOf(first) };
  return { key: first, kind: 'file', folder: folderOf(first) };
}

async function sidecars(context: StoreContext, found: FoundModel, signal?: AbortSignal): Promise<Layers> {
  const { metadata } = found;
  // What came from elsewhere was decided when it came; here only what is named after the model is sure to be its own.
  const isAlone = metadata.layers.forge !== undefined || metadata.layers['civitai-sidecar'] !== undefined;
  const pathOf = pathsOf(context, found);
  const layers = await sidecarLayers(context, {
    group: groupOf(found),
    files: metadata.files,
    isAlone,
    pathOf,
    signal,
  });
  const { hub, ...others } = layers;
  return metadata.layers.hub === undefined && hub !== undefined ? layers : others;
}

async function betterRules(context: StoreContext, found: FoundModel, signal?: AbortSignal): Promise<Layers> {
  const { metadata } = found;
  const { scan } = metadata.layers;
  const isCurrent = scan?.rulesVersion !== undefined && scan.rulesVersion >= rulesVersion;
  // Bytes that break the rules of their format were told by no rules, and would be read again each time.
  if (isCurrent || metadata.format === 'unknown') return {};
  const group = { ...groupOf(found), weights: [], companions: [], expectedWeights: [] };
  const pathOf = pathsOf(context, found);
  try {
    const read = await scanLayers(context, { group, files: metadata.files, pathOf, signal });
    return (read.scan?.rulesVersion ?? 0) > (scan?.rulesVersion ?? 0) ? read : {};
  } catch (error) {
    // A file that is not there now is read another time.
    if (!isModelkeepError(error, 'io.not-found') && !isModelkeepError(error, 'io.permission')) throw error;
    return {};
  }
}
