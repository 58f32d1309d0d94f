import type { FolderFile, PlannedWeights } from './folder-plan.ts';
import { shardSets, type ShardIndex } from './shard-sets.ts';

/**
 * @internal The weights of a part by what is loaded together. It may have several: as safetensors and as a pickle, or in
 * two precisions. First the whole ones, of these the ones that hold data only, and of these the largest.
 *
 * @param indexes - of shards, by path; one whose shards are all absent counts where there are no other weights
 */
export function plannedWeights(
  files: readonly FolderFile[],
  indexes: ReadonlyMap<string, ShardIndex>,
): readonly PlannedWeights[] {
  const sizes = new Map(files.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const sized = (paths: readonly string[], missing: readonly string[]): PlannedWeights => ({
    paths,
    sizeBytes: paths.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0),
    missing,
  });
  const sets = shardSets([...sizes.keys()], indexes);
  const inShards = new Set(sets.flatMap(({ present }) => present));
  const weights = [
    ...sets.map(({ present, expected }) => {
      const there = new Set(present);
      return sized(
        present,
        expected.filter((path) => !there.has(path)),
      );
    }),
    ...[...sizes.keys()].filter((path) => !inShards.has(path)).map((path) => sized([path], [])),
  ];
  if (weights.length === 0)
    weights.push(
      ...absent(indexes)
        .slice(0, 1)
        .map((missing) => sized([], missing)),
    );
  return weights.toSorted(
    (a, b) =>
      Number(a.missing.length > 0) - Number(b.missing.length > 0) ||
      Number(holdsData(b)) - Number(holdsData(a)) ||
      b.sizeBytes - a.sizeBytes,
  );
}

function absent(indexes: ReadonlyMap<string, ShardIndex>): readonly (readonly string[])[] {
  return Array.from(indexes, ([path, { files }]) => {
    const prefix = path.slice(0, path.lastIndexOf('/') + 1);
    return files.map((name) => prefix + name);
  });
}

function holdsData({ paths }: PlannedWeights): boolean {
  return paths.every((path) => /\.(?:safetensors|sft|gguf)$/iu.test(path));
}
