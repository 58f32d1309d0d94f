import type { WeightsFormat } from '@modelkeep/core';
import { describeFile, type FileDescription } from '@modelkeep/hf-client';

/** Weights that are loaded together: one file, or the shards of one model. */
export interface WeightsSet {
  readonly format: WeightsFormat;
  /** The shards in their order. */
  readonly paths: readonly string[];
  readonly sizeBytes: number;
}

/** Formats whose headers tell what a model is. */
const TELLING = new Set<WeightsFormat>(['safetensors', 'gguf']);

/**
 * Groups the weights of a repo into sets: those that tell what they are come first, and of these the largest, which is
 * what a repo is about where it has several. Pieces that a file was cut into are left out: each by itself is no file.
 */
export function weightsSets(files: readonly { readonly path: string; readonly sizeBytes: number }[]): WeightsSet[] {
  const groups = new Map<
    string,
    { format: WeightsFormat; files: { index: number; path: string }[]; sizeBytes: number }
  >();
  for (const { path, sizeBytes } of files) {
    const description = describeFile(path);
    const { format, role, shard } = description;
    if (role !== 'weights' || format === null || shard?.kind === 'piece') continue;
    const key = keyOf(description);
    const group = groups.get(key) ?? { format, files: [], sizeBytes: 0 };
    group.files.push({ index: shard?.index ?? 0, path });
    group.sizeBytes += sizeBytes;
    groups.set(key, group);
  }
  return [...groups.values()]
    .map((group) => ({
      format: group.format,
      paths: group.files.toSorted((left, right) => left.index - right.index).map(({ path }) => path),
      sizeBytes: group.sizeBytes,
    }))
    .toSorted(
      (left, right) =>
        Number(TELLING.has(right.format)) - Number(TELLING.has(left.format)) || right.sizeBytes - left.sizeBytes,
    );
}

function keyOf({ path, shard }: FileDescription): string {
  if (shard === null) return path;
  return JSON.stringify([path.slice(0, path.lastIndexOf('/') + 1), shard.stem, shard.count]);
}
