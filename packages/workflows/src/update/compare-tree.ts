import { fileRole, type ModelFile } from '@modelkeep/core';
import type { TreeFile } from '@modelkeep/hf-client';
import { shardsInPlaceOf } from './shards-of.ts';
import type { FileChange } from './update-check.ts';

/** @internal What {@link compareWithTree} compares. */
export interface CompareOptions {
  /** The model's files that come from the repo. */
  readonly own: readonly ModelFile[];
  /** The repo as it is now. */
  readonly files: readonly TreeFile[];
  /** Paths that the repo had when the model came, where that is known: what was left out then is left out again. */
  readonly before: ReadonlySet<string> | null;
  /** Whether a file here has the content of one there. */
  readonly isSame: (here: ModelFile, there: TreeFile) => Promise<boolean>;
}

/** @internal How a model stands to the repo as it is now. */
export interface TreeComparison {
  readonly changes: readonly FileChange[];
  /** All files of the model in the repo as it is now. */
  readonly wanted: readonly TreeFile[];
  /** Whether nothing is left of its weights there. */
  readonly isGone: boolean;
}

/** @internal Compares by content, path by path. */
export async function compareWithTree({ own, files, before, isSame }: CompareOptions): Promise<TreeComparison> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const wanted = new Map<string, TreeFile>();
  const changes: FileChange[] = [];
  const gone: ModelFile[] = [];
  const take = (there: TreeFile): void => void wanted.set(there.path, there);
  for (const here of own) {
    const there = byPath.get(here.officialName);
    if (there === undefined) {
      gone.push(here);
      continue;
    }
    take(there);
    if (await isSame(here, there)) continue;
    changes.push(change('changed', { path: there.path, here, there }));
  }
  const taken = new Set(own.map(({ officialName }) => officialName));
  for (const here of gone) {
    const there = await renamed(here, files, { taken, isSame });
    if (there !== undefined) take(there);
    const path = there?.path ?? here.officialName;
    changes.push(change(there === undefined ? 'removed' : 'renamed', { path, here, there }));
  }
  const lost = gone.filter(({ role, officialName }) => role === 'weights' && !wanted.has(officialName));
  const added = [
    ...shardsInPlaceOf(
      lost.map(({ officialName }) => officialName),
      files,
    ),
    ...companionsAdded(own, files, before),
  ];
  for (const there of added) {
    if (wanted.has(there.path)) continue;
    take(there);
    changes.push(change('added', { path: there.path, here: undefined, there }));
  }
  return {
    changes,
    wanted: [...wanted.values()],
    isGone: ![...wanted.keys()].some((path) => fileRole(path) === 'weights'),
  };
}

interface Sides {
  readonly path: string;
  readonly here: ModelFile | undefined;
  readonly there: TreeFile | undefined;
}

function change(kind: FileChange['change'], { path, here, there }: Sides): FileChange {
  return { path, change: kind, bytesHere: here?.sizeBytes ?? null, bytesThere: there?.sizeBytes ?? null };
}

/** The same weights under a name that the model does not have. Small files are often alike, and are not looked for. */
async function renamed(
  here: ModelFile,
  files: readonly TreeFile[],
  { taken, isSame }: { readonly taken: ReadonlySet<string> } & Pick<CompareOptions, 'isSame'>,
): Promise<TreeFile | undefined> {
  if (here.role !== 'weights') return undefined;
  for (const there of files) {
    const mayBe = !taken.has(there.path) && there.sha256 !== null && there.sizeBytes === here.sizeBytes;
    if (mayBe && (await isSame(here, there))) return there;
  }
  return undefined;
}

/** Small files that were put beside those of the model since it came. */
function companionsAdded(
  own: readonly ModelFile[],
  files: readonly TreeFile[],
  before: ReadonlySet<string> | null,
): readonly TreeFile[] {
  if (before === null || own.every(({ role }) => role === 'weights')) return [];
  const folders = new Set(own.map(({ officialName }) => folderOf(officialName)));
  return files.filter(
    ({ path, sha256 }) =>
      sha256 === null && !before.has(path) && folders.has(folderOf(path)) && fileRole(path) !== 'weights',
  );
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
