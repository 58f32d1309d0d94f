import type { ModelFile, ModelMetadata } from '@modelkeep/core';
import { folderOf } from '../grouping/group-files.ts';

const SHARD = /-\d{5}-of-\d{5}\./u;

/**
 * @internal Whether two parts of one pipeline go together: each of their components has the same weights in both, or weights in
 * one of them only, or other shards of one set. Another precision of a component is another model.
 */
export function fitsPipeline(present: ModelMetadata, draft: ModelMetadata): boolean {
  if (present.format !== 'diffusers' || draft.format !== 'diffusers') return false;
  const known = Map.groupBy(weightsOf(present), ({ name }) => folderOf(name));
  return weightsOf(draft).every((file) => {
    const beside = known.get(folderOf(file.name)) ?? [];
    if (beside.length === 0 || beside.some(({ sha256 }) => sha256 === file.sha256)) return true;
    return beside.every(({ name }) => setOf(name) !== null && setOf(name) === setOf(file.name) && name !== file.name);
  });
}

/** @internal What a pipeline should have, once a part of it has come: what either part knew, but for weights that came under another name. */
export function pipelineExpectation(
  present: ModelMetadata,
  draft: ModelMetadata,
  files: readonly ModelFile[],
): readonly string[] {
  if (present.format !== 'diffusers' || draft.format !== 'diffusers') return present.expectedFiles;
  const weights = weightsOf({ files });
  const names = new Set(weights.map(({ name }) => name));
  const folders = new Set(weights.map(({ name }) => folderOf(name)));
  const wanted = [...new Set([...names, ...present.expectedFiles, ...draft.expectedFiles])].filter(
    (name) => names.has(name) || SHARD.test(name) || !folders.has(folderOf(name)),
  );
  const known = new Set(present.expectedFiles);
  const isSame = wanted.length === known.size && wanted.every((name) => known.has(name));
  return isSame ? present.expectedFiles : wanted.toSorted();
}

function weightsOf({ files }: Pick<ModelMetadata, 'files'>): readonly ModelFile[] {
  return files.filter(({ role }) => role === 'weights');
}

/** Names the set that a shard is of; null for what is none. */
function setOf(name: string): string | null {
  return SHARD.test(name) ? name.replace(/-\d{5}-of-/u, '-of-') : null;
}
