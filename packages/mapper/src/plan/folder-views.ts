import { nameIn } from '../app/path-parts.ts';
import { foldName, isInside } from '../app/safe-names.ts';
import { resolveTargetFolder, type MayLeaveAt } from '../app/target-folder.ts';
import type { FileSystem, FolderEntry } from '@modelkeep/io';
import type { LinkReason } from './link-reason.ts';

/** @internal A folder of the app as it is when the plan is made. */
export interface FolderView {
  /** Absolute, without links on the way. */
  readonly path: string;
  /** What the paths of its files begin with. */
  readonly prefix: string;
  /** The last folder on the way that is there. */
  readonly deepest: string;
  readonly leavesApp: boolean;
  readonly problem: LinkReason | null;
  /** What is in it, by folded name. */
  readonly entries: ReadonlyMap<string, readonly FolderEntry[]>;
}

/** @internal */
export interface FolderViewsOptions {
  readonly fileSystem: FileSystem;
  readonly appRoot: string;
  readonly mayLeaveAt: MayLeaveAt;
  /** Folders of libraries: no link is made inside of them through a link of the user's. */
  readonly libraryRoots: ReadonlySet<string>;
}

/** @internal Looks at each folder once. */
export function createFolderViews(options: FolderViewsOptions): (folder: string) => Promise<FolderView> {
  const views = new Map<string, Promise<FolderView>>();
  return (folder) => {
    const view = views.get(folder) ?? viewFolder(options, folder);
    views.set(folder, view);
    return view;
  };
}

async function viewFolder(
  { fileSystem, appRoot, mayLeaveAt, libraryRoots }: FolderViewsOptions,
  folder: string,
): Promise<FolderView> {
  const found = await resolveTargetFolder(fileSystem, { appRoot, folder, mayLeaveAt });
  const { path, exists, deepest, leavesApp, problem } = found;
  const prefix = nameIn(path, '');
  const library = leavesApp ? [...libraryRoots].find((root) => isInside(root, path)) : undefined;
  if (library !== undefined) {
    const message = `${folder} leads into the library (${path}): links are not made there`;
    return { path, prefix, deepest, leavesApp, problem: { code: 'folder-unusable', message }, entries: new Map() };
  }
  const entries = exists ? await fileSystem.readdir(path) : [];
  return { path, prefix, deepest, leavesApp, problem, entries: Map.groupBy(entries, ({ name }) => foldName(name)) };
}
