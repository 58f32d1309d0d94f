import type { ModelFile, ModelMetadata, ModelSource } from '@modelkeep/core';
import { mergeAliases } from './merge-aliases.ts';
import { withHashes } from './with-hashes.ts';
import { mergeLayers } from '../metadata/merge-layers.ts';
import { pipelineExpectation } from '../revisions/join-pipeline.ts';
import { replacedFiles } from '../revisions/replaced-files.ts';
import { inFileOrder, weightsKey } from './file-order.ts';

/**
 * @internal The present model with what a draft of the same model adds: files that it lacked, newer small files of the
 * same repo, another source, newer layers. What newer files take the place of is kept until it is released. Facts and sources come out the same in whatever order drafts arrive; of small
 * files with one name from several sources the first stays.
 *
 * @returns `present` itself when the draft adds nothing
 */
export function mergeMetadata(present: ModelMetadata, draft: ModelMetadata): ModelMetadata {
  const files = withHashes(mergeFiles(present, draft), draft.files);
  const sources = mergeSources(present.sources, draft.sources);
  const known = layersOf(present);
  const mergedLayers = mergeLayers(known, arrivingLayers(present, draft));
  const layers = mergedLayers === known ? present.layers : mergedLayers;
  const aliases = mergeAliases(present.aliases, draft.aliases);
  const leads = leadsGroup(present, draft);
  const expectedFiles = pipelineExpectation(present, draft, files);
  if (
    files === present.files &&
    sources === present.sources &&
    layers === present.layers &&
    aliases === present.aliases &&
    expectedFiles === present.expectedFiles &&
    !leads
  )
    return present;
  const replaced = files === present.files ? present.replaced : replacedFiles(present, files);
  const group = leads ? { sourceGroup: draft.sourceGroup, variantOf: draft.variantOf } : {};
  const others = aliases === undefined ? {} : { aliases };
  const merged = { ...present, files, sources, layers, expectedFiles, ...others, ...group };
  return replaced === present.replaced ? merged : withReplaced(merged, replaced);
}

function withReplaced(metadata: ModelMetadata, replaced: ModelMetadata['replaced']): ModelMetadata {
  const { replaced: _before, ...others } = metadata;
  return replaced === undefined ? others : { ...others, replaced };
}

/** Of several sources of the same model the first by name ties it to its siblings. */
function leadsGroup(present: ModelMetadata, draft: ModelMetadata): boolean {
  return draft.sourceGroup !== null && (present.sourceGroup === null || draft.sourceGroup < present.sourceGroup);
}

/** What a part of the weights tells is not what all of them tell. */
function arrivingLayers(present: ModelMetadata, draft: ModelMetadata): ModelMetadata['layers'] {
  const layers = layersOf(draft);
  if (weightsKey(present.files) === weightsKey(draft.files)) return layers;
  const { scan: _scan, embedded: _embedded, ...others } = layers;
  return others;
}

/** The layers, that of the hub with the source that it is from. */
function layersOf({ layers, sourceGroup }: ModelMetadata): ModelMetadata['layers'] {
  const { hub } = layers;
  if (hub === undefined || hub.source !== undefined || sourceGroup === null) return layers;
  return { ...layers, hub: { ...hub, source: sourceGroup } };
}

function isWeights({ role }: ModelFile): boolean {
  return role === 'weights';
}

function mergeFiles(
  { files: present, format }: Pick<ModelMetadata, 'files' | 'format'>,
  { files: added }: Pick<ModelMetadata, 'files'>,
): readonly ModelFile[] {
  const files = new Map(present.map((file) => [file.name, file]));
  // In a pipeline two components may well have the same weights.
  const alike = format === 'diffusers' ? [] : present.filter((file) => isWeights(file));
  const weights = new Set(alike.map(({ sha256 }) => sha256));
  let changed = false;
  for (const file of added) {
    const known = files.get(file.name);
    // The same weights under another name add nothing: another copy of the model was called differently.
    if (known?.sha256 === file.sha256 || weights.has(file.sha256)) continue;
    // Another source's read-me does not replace the one that is here; a newer one of the same repo does.
    if (known !== undefined && !isNewerOfSameRepo(known, file)) continue;
    files.set(file.name, file);
    changed = true;
  }
  return changed ? inFileOrder(files.values()) : present;
}

function isNewerOfSameRepo(known: ModelFile, added: ModelFile): boolean {
  return (
    !isWeights(known) &&
    known.source !== null &&
    added.source !== null &&
    known.source.provider === 'hf' &&
    known.source.repo === added.source.repo &&
    known.source.endpoint === added.source.endpoint &&
    known.source.commit !== added.source.commit
  );
}

/** @internal @returns `present` itself where nothing is added */
export function mergeSources(present: readonly ModelSource[], added: readonly ModelSource[]): readonly ModelSource[] {
  const known = new Set(present.map((source) => sourceKey(source)));
  const fresh = added.filter((source) => !known.has(sourceKey(source)));
  if (fresh.length === 0) return present;
  return [...present, ...fresh].toSorted((a, b) => (sourceKey(a) < sourceKey(b) ? -1 : 1));
}

/** A commit is the same content wherever it was fetched from and by whatever name it was asked for. */
function sourceKey({ provider, endpoint, repo, commit, path }: ModelSource): string {
  return JSON.stringify([provider, provider === 'url' ? endpoint : null, repo, commit, path]);
}
