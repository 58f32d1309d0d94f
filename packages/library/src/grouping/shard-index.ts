import type { ShardIndex } from '@modelkeep/formats';

/** Reads a shard index. Names that would leave its folder are ignored: the index is as hostile as any file of a repo. */
export function parseShardIndex(json: unknown): ShardIndex | null {
  if (typeof json !== 'object' || json === null || !('weight_map' in json)) return null;
  const map = json.weight_map;
  if (typeof map !== 'object' || map === null) return null;
  const names = Object.values(map).filter((name): name is string => typeof name === 'string' && !/[/\\]/u.test(name));
  return { files: [...new Set(names)].toSorted() };
}
