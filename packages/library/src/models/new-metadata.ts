import {
  fileRole,
  isModelkeepError,
  knownWord,
  modelTypes,
  type MetadataLayer,
  type ModelFile,
  type ModelMetadata,
  type ModelSource,
} from '@modelkeep/core';
import { contentPath } from '../blobs/blob-store.ts';
import { withBlobs } from '../blobs/recall-blob.ts';
import type { ModelGroup } from '../grouping/group-files.ts';
import { groupName } from '../grouping/group-name.ts';
import { variantStem } from '../grouping/variant-stem.ts';
import { effectiveFacts } from '../metadata/effective-record.ts';
import { cleanName, cleanPath } from '../names/clean-name.ts';
import { chooseSlug } from '../names/slug.ts';
import { notOwnName } from '../names/unique-names.ts';
import { timestamp, type StoreContext } from '../store-context.ts';
import type { StoredFile } from '../transaction/stored-file.ts';
import { inFileOrder } from './file-order.ts';
import { identifyGroup, type IdentifyGroupOptions } from './identify-group.ts';
import { layersOf } from './scan-layers.ts';
import { sidecarLayers } from './sidecar-layers.ts';

/** What a source says of the models that come from it. */
export type SourceLayers = { readonly [Layer in 'hub' | 'civitai-api' | 'registry']?: MetadataLayer | undefined };

/** @internal What {@link newMetadata} is made from. */
export interface NewMetadataOptions {
  readonly id: string;
  readonly transactionId: string;
  readonly group: ModelGroup;
  readonly files: readonly StoredFile[];
  readonly cleanNames: Pick<ReadonlyMap<string, string>, 'get'>;
  /** Where the bytes of a file are when they are not in a blob. */
  readonly pathOf?: IdentifyGroupOptions['pathOf'];
  readonly sourceName: string;
  readonly sourceGroup: string | null;
  readonly layers: SourceLayers;
  /** Whether the folder of the group holds no other model. */
  readonly isAlone: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** @internal The metadata of a model that the library does not have yet: step 5 of the commit protocol. */
export async function newMetadata(context: StoreContext, options: NewMetadataOptions): Promise<ModelMetadata> {
  const { group, files, cleanNames, sourceGroup } = options;
  const at = timestamp(context);
  const nameBelow = (path: string): string =>
    notOwnName(belowFolder(cleanNames.get(path) ?? cleanPath(path), group.folder), path);
  const modelFiles: ModelFile[] = [];
  for (const file of files) modelFiles.push(await modelFile(context, file, { ...options, name: nameBelow(file.name) }));
  const identification = await identifyGroup(context, { ...options, files: modelFiles });
  const { hub, 'civitai-api': civitaiApi } = options.layers;
  const layers: ModelMetadata['layers'] = {
    ...(await sidecarLayers(context, { ...options, files: modelFiles })),
    ...(hub === undefined ? {} : { hub: { ...hub, source: hub.source ?? sourceGroup ?? undefined } }),
    ...(civitaiApi === undefined ? {} : { 'civitai-api': civitaiApi }),
    ...layersOf(identification, at),
  };
  const { facts } = effectiveFacts(layers);
  const officialName = groupName(group, options.sourceName);
  const type = knownWord(facts.type ?? 'unknown', { known: modelTypes, fallback: 'unknown' });
  const family = facts.family ?? null;
  return {
    schema: 1,
    id: options.id,
    slug: chooseSlug({ type, family, name: officialName }),
    officialName,
    cleanedName: cleanName(officialName),
    format: identification.format,
    files: inFileOrder(modelFiles),
    sources: sourcesOf(files, group),
    sourceGroup,
    variantOf: sourceGroup === null ? null : [sourceGroup, type, family ?? '', variantStem(officialName)].join('#'),
    companions: [],
    expectedFiles: group.expectedWeights.map((path) => nameBelow(path)),
    layers,
    revision: 1,
    txn: options.transactionId,
    importedAt: at,
    updatedAt: at,
  };
}

/** Files above the model's folder (a read-me at the root) stand beside its own. */
function belowFolder(path: string, folder: string): string {
  const depth = folder === '' ? 0 : folder.split('/').length;
  const segments = path.split('/');
  return segments.length > depth ? segments.slice(depth).join('/') : segments.slice(-1).join('/');
}

async function modelFile(
  context: StoreContext,
  file: StoredFile,
  { name, pathOf, signal }: Pick<NewMetadataOptions, 'pathOf' | 'signal'> & { readonly name: string },
): Promise<ModelFile> {
  const { content } = file;
  return {
    name,
    officialName: file.name,
    role: fileRole(file.name),
    sizeBytes: content.sizeBytes,
    sha256: content.sha256,
    blake3: content.blake3 ?? (pathOf === undefined ? await blake3Of(context, content.sha256, signal) : null),
    gitSha1: content.gitSha1,
    ...(content.hashes === undefined ? {} : { hashes: content.hashes }),
    source: file.source,
  };
}

/** Content that was here before any model had it: its BLAKE3 was never noted. */
async function blake3Of(context: StoreContext, sha256: string, signal?: AbortSignal): Promise<string | null> {
  try {
    const { digests } = await withBlobs(context, [sha256], async () =>
      context.io.hashFile(await contentPath(context, sha256), { algorithms: ['blake3'], signal }),
    );
    return digests.blake3 ?? null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}

/** @internal Where a model came from: its files' source, with the path that tells it within that source. */
export function sourcesOf(
  files: readonly { readonly source: ModelSource }[],
  group: Pick<ModelGroup, 'key'>,
): ModelSource[] {
  const [first] = files;
  if (first === undefined) return [];
  return [{ ...first.source, path: first.source.provider === 'hf' ? group.key : first.source.path }];
}
