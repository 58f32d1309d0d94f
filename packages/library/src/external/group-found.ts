import { fileRole } from '@modelkeep/core';
import { groupFiles, type ModelGroup } from '../grouping/group-files.ts';
import { readGroupingFacts } from '../grouping/read-grouping-facts.ts';
import type { StoreContext } from '../store-context.ts';
import type { FoundFile, FoundSet } from './found-set.ts';

/** @internal The files of one model outside the library. */
export interface FoundGroup {
  readonly group: ModelGroup;
  readonly files: readonly FoundFile[];
}

/** @internal Sorts the files of a set into models. Nothing above a model's folder goes with it. */
export async function groupFound(context: StoreContext, set: FoundSet): Promise<FoundGroup[]> {
  const byName = new Map(set.files.map((file) => [file.name, file]));
  const groups = groupFiles({ paths: [...byName.keys()], ...(await readGroupingFacts(context, set.files)) });
  const crowd = new Map<string, number>();
  for (const { folder } of groups) crowd.set(folder, (crowd.get(folder) ?? 0) + 1);
  return groups.map((group) => {
    const isAlone = crowd.get(group.folder) === 1;
    const companions = group.companions.filter((path) => {
      if (!isInFolder(path, group.folder)) return false;
      if (set.sharesCompanions || group.kind !== 'file' || isSidecar(path, group.key)) return true;
      return isAlone && !['other', 'preview'].includes(fileRole(path));
    });
    const files = [...group.weights, ...companions].flatMap((name) => byName.get(name) ?? []);
    return { group: { ...group, companions }, files };
  });
}

function isInFolder(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** `a.preview.png` stands beside `a.safetensors`. */
function isSidecar(path: string, key: string): boolean {
  const dot = key.lastIndexOf('.');
  return path.startsWith(`${dot > key.lastIndexOf('/') + 1 ? key.slice(0, dot) : key}.`);
}
