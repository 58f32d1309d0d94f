import type { ModelFile } from '@modelkeep/core';

type PartFile = Pick<ModelFile, 'officialName' | 'role' | 'sha256'>;

const SHARD = /-\d{5}-of-\d{5}(?=\.[^./]+$)/;

/**
 * @internal The weights of a pipeline by what is loaded together: one file, or its shards. A folder may hold a part several
 * times, as safetensors and as a pickle, or in two precisions.
 *
 * @returns files by the path of the part, without the number of a shard
 */
export function loadableParts(weights: readonly PartFile[]): ReadonlyMap<string, readonly PartFile[]> {
  const parts = new Map<string, PartFile[]>();
  for (const file of weights) {
    const key = file.officialName.replace(SHARD, '');
    parts.set(key, [...(parts.get(key) ?? []), file]);
  }
  return parts;
}
