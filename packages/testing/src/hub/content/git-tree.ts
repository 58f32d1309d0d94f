import { gitObjectId } from './git-objects.ts';

interface Folder {
  readonly files: Map<string, string>;
  readonly folders: Map<string, Folder>;
}

/** The git trees of a set of files. */
export interface GitTrees {
  readonly root: string;
  /** Tree id by folder path; the root itself is left out. */
  readonly folders: ReadonlyMap<string, string>;
}

function emptyFolder(): Folder {
  return { files: new Map(), folders: new Map() };
}

function folderOf(root: Folder, segments: readonly string[]): Folder {
  let folder = root;
  for (const segment of segments) {
    const next = folder.folders.get(segment) ?? emptyFolder();
    folder.folders.set(segment, next);
    folder = next;
  }
  return folder;
}

function treeId(folder: Folder, path: string, found: Map<string, string>): string {
  const rows = [...folder.files].map(([name, oid]) => ({ name, key: Buffer.from(name), mode: '100644', oid }));
  for (const [name, child] of folder.folders) {
    const childPath = path === '' ? name : `${path}/${name}`;
    const oid = treeId(child, childPath, found);
    if (childPath !== '') found.set(childPath, oid);
    // git sorts a folder as if its name ended with a slash
    rows.push({ name, key: Buffer.from(`${name}/`), mode: '40000', oid });
  }
  rows.sort((left, right) => Buffer.compare(left.key, right.key));
  const parts = rows.flatMap(({ name, mode, oid }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]);
  return gitObjectId('tree', Buffer.concat(parts));
}

/** Computes the tree objects of files given as path → blob id. */
export function gitTrees(blobs: ReadonlyMap<string, string>): GitTrees {
  const root = emptyFolder();
  for (const [path, oid] of blobs) {
    const segments = path.split('/');
    folderOf(root, segments.slice(0, -1)).files.set(segments.at(-1) ?? '', oid);
  }
  const folders = new Map<string, string>();
  return { root: treeId(root, '', folders), folders };
}
