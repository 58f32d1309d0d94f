import type { ModelFile, ModelMetadata, ModelSource } from '@modelkeep/core';
import { withHashes } from './with-hashes.ts';

/**
 * @internal The present model with what a draft of the same model adds: files that it lacked, newer small files of the
 * same repo, another source, newer layers.
 *
 * @returns `present` itself when the draft adds nothing
 */
export function mergeMetadata(present: ModelMetadata, draft: ModelMetadata): ModelMetadata {
  const files = withHashes(mergeFiles(present.files, draft.files), draft.files);
  const sources = mergeSources(present.sources, draft.sources);
  const group = leadingGroup(present, draft);
  if (files === present.files && sources === present.sources && group === null) return present;
  return { ...present, files, sources, ...group };
}

/**
 * Of several sources of the same model one gives its facts and ties it to its siblings: the first by name, so that the
 * order in which they came makes no difference; of one source the newer facts count.
 */
function leadingGroup(
  present: ModelMetadata,
  draft: ModelMetadata,
): Pick<ModelMetadata, 'sourceGroup' | 'variantOf' | 'layers'> | null {
  if (draft.sourceGroup === null) return null;
  const leads = present.sourceGroup === null || draft.sourceGroup < present.sourceGroup;
  const { hub } = draft.layers;
  const known = present.layers.hub;
  const hasNews = hub !== undefined && JSON.stringify(hub.facts) !== JSON.stringify(known?.facts);
  const isNewer = draft.sourceGroup === present.sourceGroup && hasNews && hub.at >= (known?.at ?? '');
  if (!leads && !isNewer) return null;
  return {
    sourceGroup: draft.sourceGroup,
    variantOf: draft.variantOf,
    layers: { ...present.layers, ...(hub === undefined ? {} : { hub }) },
  };
}

function isWeights({ role }: ModelFile): boolean {
  return role === 'weights';
}

function mergeFiles(present: readonly ModelFile[], added: readonly ModelFile[]): readonly ModelFile[] {
  const files = new Map(present.map((file) => [file.name, file]));
  const weights = new Set(present.filter((file) => isWeights(file)).map(({ sha256 }) => sha256));
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
  return changed ? [...files.values()] : present;
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

function mergeSources(present: readonly ModelSource[], added: readonly ModelSource[]): readonly ModelSource[] {
  const known = new Set(present.map((source) => sourceKey(source)));
  const fresh = added.filter((source) => !known.has(sourceKey(source)));
  return fresh.length === 0 ? present : [...present, ...fresh];
}

/** A commit is the same content wherever it was fetched from and by whatever name it was asked for. */
function sourceKey({ provider, endpoint, repo, commit, path }: ModelSource): string {
  return JSON.stringify([provider, provider === 'url' ? endpoint : null, repo, commit, path]);
}
