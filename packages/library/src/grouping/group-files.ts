import { shardSets, type ShardIndex } from './shard-sets.ts';
import { fileRole } from './file-role.ts';

/** Files that make one model. All names are official paths. */
export interface ModelGroup {
  readonly kind: 'file' | 'shards' | 'diffusers';
  /** The folder that the group's paths are taken below; `''` is the root. */
  readonly folder: string;
  /** Tells the group within its source: the weight file, the first shard's stem, or the folder. */
  readonly key: string;
  readonly weights: readonly string[];
  readonly companions: readonly string[];
  /** Every weight file that the set should have, the missing ones included. */
  readonly expectedWeights: readonly string[];
}

/** What is known of a set of files. */
export interface GroupFilesOptions {
  readonly paths: readonly string[];
  /** Component folders by the folder of their model_index.json. */
  readonly pipelines?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Parsed shard indexes by their path. */
  readonly shardIndexes?: ReadonlyMap<string, ShardIndex> | undefined;
}

/**
 * Sorts the files of one source into models: each diffusers folder, each set of shards and each other weight file is
 * one. A companion (config, tokenizer, sidecar, read-me) goes to the models that it stands beside; one that stands
 * above the models goes to all of them below.
 */
export function groupFiles(options: GroupFilesOptions): ModelGroup[] {
  const taken = new Set<string>();
  const groups: ModelGroup[] = [];

  for (const [folder, components] of options.pipelines ?? []) {
    const inside = options.paths.filter((path) => isComponentFile(path, folder, components));
    const weights = inside.filter((path) => fileRole(path) === 'weights');
    if (weights.length === 0) continue;
    for (const path of inside) taken.add(path);
    const companions = inside.filter((path) => !weights.includes(path));
    groups.push({ kind: 'diffusers', folder, key: folder, weights, companions, expectedWeights: weights });
  }

  const loose = options.paths.filter((path) => !taken.has(path));
  const looseWeights = loose.filter((path) => fileRole(path) === 'weights');
  for (const set of shardSets(looseWeights, options.shardIndexes ?? new Map())) {
    for (const path of set.present) taken.add(path);
    groups.push({
      kind: 'shards',
      folder: folderOf(set.key),
      key: set.key,
      weights: set.present,
      companions: [],
      expectedWeights: set.expected,
    });
  }
  for (const path of looseWeights) {
    if (taken.has(path)) continue;
    groups.push({
      kind: 'file',
      folder: folderOf(path),
      key: path,
      weights: [path],
      companions: [],
      expectedWeights: [path],
    });
  }

  const companions = loose.filter((path) => fileRole(path) !== 'weights');
  return groups
    .map((group) => ({ ...group, companions: [...group.companions, ...companionsOf(group, groups, companions)] }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** The folder of a path, `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function isComponentFile(path: string, folder: string, components: readonly string[]): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  if (path === `${prefix}model_index.json`) return true;
  return components.some((component) => path.startsWith(`${prefix}${component}/`));
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function companionsOf(group: ModelGroup, groups: readonly ModelGroup[], companions: readonly string[]): string[] {
  return companions.filter((path) => {
    const owner = sidecarOwner(path, groups);
    if (owner !== undefined) return owner === group;
    const folder = folderOf(path);
    if (!isWithin(group.folder, folder)) return false;
    const role = fileRole(path);
    if (role === 'readme' || role === 'licence' || group.folder === folder) return true;
    return !groups.some((other) => other.folder === folder);
  });
}

/** `a/b.json`, `a/b.preview.png`, … go with `a/b.safetensors` alone; `a/b.safetensors.index.json` with its shards. */
function sidecarOwner(path: string, groups: readonly ModelGroup[]): ModelGroup | undefined {
  return groups.find(
    (group) => group.kind !== 'diffusers' && path !== group.key && path.startsWith(`${stemOf(group.key)}.`),
  );
}

function stemOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}
