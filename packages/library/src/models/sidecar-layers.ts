import {
  civitaiDetailNames,
  extensionOf,
  isModelkeepError,
  noCivitaiDetails,
  type CivitaiDetails,
  type KnownHashes,
  type MetadataLayer,
  type ModelFile,
  type ModelMetadata,
} from '@modelkeep/core';
import { MAX_SIDECAR_BYTES, resolveSidecar, type Sidecar, type SidecarKind } from '@modelkeep/formats';
import { blobPath } from '../blobs/blob-store.ts';
import { withBlobs } from '../blobs/recall-blob.ts';
import type { ModelGroup } from '../grouping/group-files.ts';
import type { StoreContext } from '../store-context.ts';
import { factNames } from '../metadata/fact-names.ts';

/** @internal Whose sidecars are read. */
export interface SidecarLayersOptions {
  readonly group: Pick<ModelGroup, 'key' | 'kind'>;
  readonly files: readonly ModelFile[];
  /** Whether its folder holds no other model: then a sidecar with another name can only be about this one. */
  readonly isAlone: boolean;
  /** Where the bytes of a file are. @default its blob */
  readonly pathOf?: ((file: Pick<ModelFile, 'officialName' | 'sha256'>) => string) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type SidecarLayers = Pick<ModelMetadata['layers'], 'forge' | 'civitai-sidecar' | 'hub'>;

/** Of several sidecars that stand for one source the first that tells a fact counts. */
const order: readonly SidecarKind[] = [
  'forge',
  'swarm',
  'civitai-version',
  'civitai-model',
  'lora-manager',
  'stability-matrix',
  'model-card',
];
/** What sidecars are called ends like this; what they are is told by their content. */
const extensions = new Set(['json', 'info', 'md']);
const MAX_SIDECARS = 32;

/** @internal What the small files beside a model's weights say of it, one layer for each source that they stand for. */
export async function sidecarLayers(context: StoreContext, options: SidecarLayersOptions): Promise<SidecarLayers> {
  const candidates = options.files
    .filter(
      ({ role, officialName, sizeBytes }) =>
        (role === 'config' || role === 'other' || role === 'readme') &&
        extensions.has(extensionOf(officialName)) &&
        sizeBytes <= MAX_SIDECAR_BYTES,
    )
    .slice(0, MAX_SIDECARS);
  if (candidates.length === 0) return {};
  const read = await readAll(context, candidates, options);
  const known = knownHashes(options.files);
  const belonging: FoundSidecar[] = [];
  for (const found of read) {
    const { sidecar, verdict } = resolveSidecar(found.sidecar, known);
    const name = found.file.officialName;
    const isOwn = verdict === 'agrees' || options.isAlone || isNamedAfter(name, options.group);
    if (verdict === 'contradicts') {
      context.logger.warn('a file beside a model speaks of another file and is not believed', { name });
    } else if (isOwn && (sidecar.kind !== 'model-card' || options.isAlone || options.group.kind === 'diffusers')) {
      belonging.push({ ...found, sidecar });
    }
  }
  const layers: Record<string, MetadataLayer> = {};
  for (const layer of ['forge', 'civitai-sidecar', 'hub'] as const) {
    const ofLayer = belonging
      .filter(({ sidecar }) => sidecar.layer === layer)
      .toSorted((a, b) => order.indexOf(a.sidecar.kind) - order.indexOf(b.sidecar.kind));
    if (ofLayer.length > 0) layers[layer] = layerOf(ofLayer, layer);
  }
  return layers;
}

interface FoundSidecar {
  readonly file: ModelFile;
  readonly sidecar: Sidecar;
  readonly mtimeMs: number;
}

async function readAll(
  context: StoreContext,
  files: readonly ModelFile[],
  { pathOf, signal }: SidecarLayersOptions,
): Promise<FoundSidecar[]> {
  const found: FoundSidecar[] = [];
  const readOne = async (file: ModelFile): Promise<void> => {
    const path = pathOf?.(file) ?? blobPath(context, file.sha256);
    const [sidecar = null] = await context.identifier.readSidecars([path], { signal });
    if (sidecar === null) return;
    const { mtimeMs } = await context.fileSystem.stat(path);
    found.push({ file, sidecar, mtimeMs });
  };
  for (const file of files) {
    try {
      await (pathOf === undefined ? withBlobs(context, [file.sha256], () => readOne(file)) : readOne(file));
    } catch (error) {
      // What went or cannot be read says nothing: the model is there all the same.
      const isItsOwn = (['io.not-found', 'io.permission', 'io.failed'] as const).some((code) =>
        isModelkeepError(error, code),
      );
      if (!isItsOwn) throw error;
      context.logger.warn('a file beside a model cannot be read', { name: file.officialName, error: String(error) });
    }
  }
  return found;
}

/** What is known of the weights where they are one file: of several nobody says which one is meant. */
function knownHashes(files: readonly ModelFile[]): KnownHashes {
  const weights = files.filter(({ role }) => role === 'weights');
  const [file] = weights;
  if (weights.length !== 1 || file === undefined) return {};
  const { sha256, blake3, hashes } = file;
  return { sha256, blake3, autoV1: hashes?.autoV1, autoV3: hashes?.tensorHash ?? hashes?.autoV3, crc32: hashes?.crc32 };
}

/** `a.json`, `a.civitai.info` and `a.safetensors.json` are named after `a.safetensors`. */
function isNamedAfter(name: string, { key, kind }: Pick<ModelGroup, 'key' | 'kind'>): boolean {
  if (kind === 'diffusers') return true;
  const dot = key.lastIndexOf('.');
  return name.startsWith(`${dot > key.lastIndexOf('/') + 1 ? key.slice(0, dot) : key}.`);
}

function layerOf(found: readonly FoundSidecar[], layer: string): MetadataLayer {
  const facts: Record<string, unknown> = {};
  for (const name of factNames) {
    const told = found.map(({ sidecar }) => sidecar.facts[name]).find((value) => value !== undefined && value !== null);
    if (told !== undefined) facts[name] = told;
  }
  const told = found.flatMap(({ sidecar }) => sidecar.civitai ?? []);
  const civitai = told.length === 0 ? {} : { civitai: firstOfEach(told) };
  const extra = Object.assign({}, ...found.toReversed().map(({ sidecar }) => sidecar.extra)) as Record<string, unknown>;
  const previews = found.flatMap(({ sidecar }) => sidecar.previews);
  return {
    facts,
    at: new Date(Math.max(...found.map(({ mtimeMs }) => mtimeMs))).toISOString(),
    evidence: found.map(({ file, sidecar }) => `${sidecar.kind}: ${file.officialName}`),
    ...(layer === 'hub' ? { source: 'local:model-card' } : {}),
    ...civitai,
    extra: previews.length === 0 ? extra : { ...extra, previews },
  };
}

function firstOfEach(told: readonly CivitaiDetails[]): CivitaiDetails {
  const entries = civitaiDetailNames.map((name) => [
    name,
    told.map((one) => one[name]).find((value) => value !== null) ?? null,
  ]);
  return { ...noCivitaiDetails, ...(Object.fromEntries(entries) as Partial<CivitaiDetails>) };
}
