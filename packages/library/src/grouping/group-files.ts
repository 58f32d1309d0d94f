import { fileRole } from '@modelkeep/core';
import { shardSets, type ShardIndex } from '@modelkeep/formats';

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
  /** Where those components have their weights if nothing else is known, by the same folder: paths below it. */
  readonly pipelineWeights?: ReadonlyMap<string, readonly string[]> | undefined;
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
    const companions = inside.filter((path) => fileRole(path) !== 'weights');
    const expectedWeights = expectedOf(weights, folder, options);
    groups.push({ kind: 'diffusers', folder, key: folder, weights, companions, expectedWeights });
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
  const shares = shareOut(companions, groups);
  return groups
    .map((group) => ({ ...group, companions: [...group.companions, ...(shares.get(group) ?? [])] }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** The weights of a pipeline, the shards that are missing among them, and those of components that have none. */
function expectedOf(
  weights: readonly string[],
  folder: string,
  { pipelineWeights, shardIndexes = new Map() }: GroupFilesOptions,
): readonly string[] {
  const shards = shardSets(weights, shardIndexes).flatMap(({ expected }) => expected);
  const folders = new Set(weights.map((path) => folderOf(path)));
  const missing = (pipelineWeights?.get(folder) ?? [])
    .map((path) => (folder === '' ? path : `${folder}/${path}`))
    .filter((path) => !folders.has(folderOf(path)));
  return [...new Set([...weights, ...shards, ...missing])];
}

/** The folder of a path, `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Whether a path belongs to a pipeline: its description, or what is in the folders of its components. */
export function isComponentFile(path: string, folder: string, components: readonly string[]): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  if (path === `${prefix}model_index.json`) return true;
  return components.some((component) => path.startsWith(`${prefix}${component}/`));
}

/** Each group's share of the companions, in their order. */
function shareOut(companions: readonly string[], groups: readonly ModelGroup[]): Map<ModelGroup, string[]> {
  const byStem = new Map<string, ModelGroup>();
  const inFolder = new Map<string, ModelGroup[]>();
  const atOrBelow = new Map<string, ModelGroup[]>();
  for (const group of groups) {
    const stem = stemOf(group.key);
    if (group.kind !== 'diffusers' && !byStem.has(stem)) byStem.set(stem, group);
    append(inFolder, group.folder, group);
    for (const folder of withParents(group.folder)) append(atOrBelow, folder, group);
  }

  const shares = new Map<ModelGroup, string[]>();
  for (const path of companions) {
    const owner = sidecarOwner(path, byStem);
    if (owner !== undefined) {
      append(shares, owner, path);
      continue;
    }
    const folder = folderOf(path);
    const role = fileRole(path);
    const isForAll = role === 'readme' || role === 'licence';
    const takers = (isForAll ? undefined : inFolder.get(folder)) ?? atOrBelow.get(folder) ?? [];
    for (const group of takers) append(shares, group, path);
  }
  return shares;
}

/**
 * `a/b.json`, `a/b.preview.png`, … go with `a/b.safetensors` alone; `a/b.safetensors.index.json` with its shards. The
 * longest stem wins: `b.v2.json` goes with `b.v2.safetensors` even where there is a `b.safetensors`.
 */
function sidecarOwner(path: string, byStem: ReadonlyMap<string, ModelGroup>): ModelGroup | undefined {
  let rest = path;
  for (;;) {
    const stem = stemOf(rest);
    if (stem === rest) return undefined;
    const owner = byStem.get(stem);
    if (owner !== undefined) return owner;
    rest = stem;
  }
}

function stemOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}

/** The folder itself, those above it, and the root. */
function withParents(folder: string): string[] {
  const folders = [folder];
  for (let rest = folder; rest !== ''; folders.push(rest)) rest = folderOf(rest);
  return folders;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
