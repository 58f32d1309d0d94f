import type { ModelFile, ModelMetadata, ModelSource } from '@modelkeep/core';

/**
 * @internal The present model with what a draft of the same model adds: files that it lacked, newer small files of the
 * same repo, another source, newer layers.
 *
 * @returns `present` itself when the draft adds nothing
 */
export function mergeMetadata(present: ModelMetadata, draft: ModelMetadata): ModelMetadata {
  const files = mergeFiles(present.files, draft.files);
  const sources = mergeSources(present.sources, draft.sources);
  const gainsHub = present.layers.hub === undefined && draft.layers.hub !== undefined;
  if (files === present.files && sources === present.sources && !gainsHub) return present;
  return {
    ...present,
    files,
    sources,
    sourceGroup: present.sourceGroup ?? draft.sourceGroup,
    variantOf: present.variantOf ?? draft.variantOf,
    layers: {
      ...present.layers,
      ...(draft.layers.hub === undefined ? {} : { hub: draft.layers.hub }),
    },
  };
}

function isWeights({ role }: ModelFile): boolean {
  return role === 'weights';
}

function mergeFiles(present: readonly ModelFile[], added: readonly ModelFile[]): readonly ModelFile[] {
  const files = new Map(present.map((file) => [file.name, file]));
  const contents = new Set(present.map(({ sha256 }) => sha256));
  let changed = false;
  for (const file of added) {
    // The same content under another name adds nothing: another copy of the model was called differently.
    if (contents.has(file.sha256)) continue;
    const known = files.get(file.name);
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
function sourceKey({ provider, repo, commit, path }: ModelSource): string {
  return JSON.stringify([provider, repo, commit, path]);
}
