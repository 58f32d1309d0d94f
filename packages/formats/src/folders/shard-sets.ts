/** What a `*.index.json` says of its shards. */
export interface ShardIndex {
  /** Beside the index. */
  readonly files: readonly string[];
}

/** The shards of one model. */
export interface ShardSet {
  /** Path of the set: the shards' common stem with the extension. */
  readonly key: string;
  readonly present: readonly string[];
  readonly expected: readonly string[];
}

/** diffusers has written the name of a precision on either side: `model.fp16-00001-of-00002`, `model-00001-of-00002.fp16`. */
const SHARD = /^(?<stem>.+)-(?<number>\d{5})-of-(?<count>\d{5})\.(?<extension>(?:[a-z0-9_]+\.)?[a-z0-9]+)$/iu;
const MAX_SHARDS = 10_000;

/**
 * The sets of shards among weight files: those that an index names, and those whose names say `-00001-of-00003`.
 *
 * @param weights - paths of weight files
 * @param indexes - parsed indexes by path
 */
export function shardSets(weights: readonly string[], indexes: ReadonlyMap<string, ShardIndex>): ShardSet[] {
  const available = new Set(weights);
  const sets: ShardSet[] = [];
  for (const [indexPath, index] of indexes) {
    const prefix = indexPath.slice(0, indexPath.lastIndexOf('/') + 1);
    const expected = index.files.map((name) => prefix + name);
    const present = expected.filter((path) => available.has(path));
    if (present.length === 0) continue;
    for (const path of present) available.delete(path);
    sets.push({ key: indexPath.replace(/\.index\.json$/iu, ''), present, expected });
  }

  const numbered = new Map<string, { count: number; stem: string; extension: string; present: string[] }>();
  for (const path of available) {
    const match = SHARD.exec(path)?.groups;
    if (match === undefined) continue;
    const { stem = '', extension = '' } = match;
    const count = Number(match['count']);
    if (count < 2 || count > MAX_SHARDS) continue;
    const key = `${stem}.${extension}\n${count}`;
    const set = numbered.get(key) ?? { count, stem, extension, present: [] };
    set.present.push(path);
    numbered.set(key, set);
  }
  for (const { count, stem, extension, present } of numbered.values()) {
    const total = String(count).padStart(5, '0');
    const expected = Array.from({ length: count }, (_, index) => {
      return `${stem}-${String(index + 1).padStart(5, '0')}-of-${total}.${extension}`;
    });
    sets.push({ key: `${stem}.${extension}`, present: present.toSorted(), expected });
  }
  return sets;
}
