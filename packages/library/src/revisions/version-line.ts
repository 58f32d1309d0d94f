import type { ModelRecord } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';
import { modelsOfRepo } from './models-of-source.ts';

/**
 * @internal The versions of a model that the library has, the oldest first: what it takes the place of, and what takes its
 * place.
 */
export async function versionLine(
  index: LibraryIndex,
  model: ModelRecord,
  signal?: AbortSignal,
): Promise<readonly ModelRecord[]> {
  const line = new Map([[model.id, model]]);
  for (let id = model.supersedes; id !== undefined && !line.has(id);) {
    const older = await index.get(id, { signal });
    if (older === null) break;
    line.set(id, older);
    id = older.supersedes;
  }
  const near = new Map<string, ModelRecord>();
  const asked = new Set<string>();
  for (let size = 0; size < line.size;) {
    size = line.size;
    for (const source of [...line.values()].flatMap(({ sources }) => sources)) {
      const key = `${source.endpoint}\n${source.repo}`;
      if (source.provider !== 'hf' || asked.has(key)) continue;
      asked.add(key);
      for (const one of await modelsOfRepo(index, source, signal)) near.set(one.id, one);
    }
    for (const one of near.values()) {
      if (one.supersedes !== undefined && line.has(one.supersedes)) line.set(one.id, one);
    }
  }
  return inVersionOrder([...line.values()]);
}

/** @internal The oldest first: by how many versions of them each one comes after, then by when it came. */
export function inVersionOrder(versions: readonly ModelRecord[]): ModelRecord[] {
  const byId = new Map(versions.map((one) => [one.id, one]));
  const depthOf = (model: ModelRecord): number => {
    const seen = new Set<string>();
    for (let one: ModelRecord | undefined = model; one !== undefined && !seen.has(one.id);) {
      seen.add(one.id);
      one = byId.get(one.supersedes ?? '');
    }
    return seen.size;
  };
  const depths = new Map(versions.map((one) => [one.id, depthOf(one)]));
  const key = ({ id, importedAt }: ModelRecord): string => `${importedAt} ${id}`;
  return versions.toSorted((a, b) => (depths.get(a.id) ?? 0) - (depths.get(b.id) ?? 0) || (key(a) < key(b) ? -1 : 1));
}

/**
 * Of all models those that links of apps lead to: of the versions of a model the newest, or, where a person has said
 * `pinned` of some of them, exactly these. What has no files here is left out.
 */
export function linkedVersions(models: readonly ModelRecord[]): ModelRecord[] {
  const present = models.filter(({ evictedAt }) => evictedAt === undefined);
  const byId = new Map(models.map((one) => [one.id, one]));
  const rootOf = (model: ModelRecord): string => {
    const seen = new Set<string>();
    let root = model;
    for (let one: ModelRecord | undefined = model; one !== undefined && !seen.has(one.id);) {
      seen.add(one.id);
      root = one;
      one = byId.get(one.supersedes ?? '');
    }
    return root.id;
  };
  const linked = new Set<string>();
  for (const versions of Map.groupBy(present, (model) => rootOf(model)).values()) {
    const pinned = versions.filter(({ follow }) => follow === 'pinned');
    const newest = inVersionOrder(versions).at(-1);
    for (const { id } of pinned.length > 0 ? pinned : newest === undefined ? [] : [newest]) linked.add(id);
  }
  return present.filter(({ id }) => linked.has(id));
}
