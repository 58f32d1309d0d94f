import type { ModelDisk, ModelDiskOptions } from './disk-state.ts';
import { applyWrite, type FileNode, type FolderNode, type ModelNode, type PendingWrite } from './node.ts';
import { withNeeded, type NameChange, type PendingNames } from './pending-names.ts';
import { fail, resolvePath } from './resolve-path.ts';

/** @internal The root folder is node 1. */
export const ROOT = 1;

/** @internal An empty drive. */
export function createModelDisk(options: ModelDiskOptions): ModelDisk {
  const disk: ModelDisk = { options, nodes: new Map(), descriptors: new Map(), pending: [], nextId: ROOT };
  addFolder(disk);
  return disk;
}

function common(disk: ModelDisk, mode: number): { id: number; mode: number; mtimeMs: number; ctimeMs: number } {
  const now = disk.options.now();
  const id = disk.nextId;
  disk.nextId += 1;
  return { id, mode, mtimeMs: now, ctimeMs: now };
}

/** @internal */
export function addFolder(disk: ModelDisk): FolderNode {
  const node: FolderNode = { ...common(disk, 0o755), kind: 'folder', entries: new Map(), durable: new Map() };
  disk.nodes.set(node.id, node);
  return node;
}

/** @internal An empty file without a name. */
export function addFile(disk: ModelDisk, mode: number): FileNode {
  const bytes = new Uint8Array(0);
  const node: FileNode = { ...common(disk, mode), kind: 'file', bytes, durable: { bytes, mode }, pending: [] };
  disk.nodes.set(node.id, node);
  return node;
}

/** @internal */
export function addSymlink(disk: ModelDisk, target: string): ModelNode {
  const node: ModelNode = { ...common(disk, 0o777), kind: 'symlink', target };
  disk.nodes.set(node.id, node);
  return node;
}

/** @internal Changes bytes; readers see it at once, a power loss may not. */
export function changeBytes(disk: ModelDisk, node: FileNode, write: PendingWrite): void {
  node.bytes = applyWrite(node.bytes, write);
  node.pending = [...node.pending, write];
  node.mtimeMs = node.ctimeMs = disk.options.now();
}

/** @internal What fsync and fdatasync promise. */
export function syncBytes(node: FileNode): void {
  node.durable = { bytes: node.bytes, mode: node.mode };
  node.pending = [];
}

/** @internal Changes names, all of them at once. */
export function changeNames(disk: ModelDisk, changes: readonly NameChange[], removed: number | null = null): void {
  const now = disk.options.now();
  for (const { folder, name, after } of changes) {
    const node = folderNode(disk, folder);
    if (after === null) node.entries.delete(name);
    else node.entries.set(name, after);
    node.mtimeMs = node.ctimeMs = now;
  }
  for (const id of new Set(changes.flatMap(({ before, after }) => [before, after]))) {
    const node = id === null ? undefined : disk.nodes.get(id);
    if (node !== undefined) node.ctimeMs = now;
  }
  disk.pending.push({ changes, removed, unsynced: new Set(changes.map(({ folder }) => folder)) });
}

/** @internal What the fsync of a folder promises: the names in it are durable, with whatever they need to be so. */
export function syncNames(disk: ModelDisk, folder: number): void {
  disk.pending = disk.pending.map((change) => ({
    ...change,
    unsynced: new Set([...change.unsynced].filter((id) => id !== folder)),
  }));
  const done = withNeeded(disk.pending, new Set(disk.pending.filter(({ unsynced }) => unsynced.size === 0)));
  for (const change of disk.pending) if (done.has(change)) makeDurable(disk, change);
  disk.pending = disk.pending.filter((change) => !done.has(change));
}

/** @internal */
export function makeDurable(disk: ModelDisk, { changes }: PendingNames): void {
  for (const { folder, name, after } of changes) {
    const { durable } = folderNode(disk, folder);
    if (after === null) durable.delete(name);
    else durable.set(name, after);
  }
}

/** @internal */
export function folderNode(disk: ModelDisk, id: number): FolderNode {
  const node = disk.nodes.get(id);
  if (node?.kind !== 'folder') throw fail('ENOTDIR');
  return node;
}

/** @internal The node that a path names. */
export function nodeAt(disk: ModelDisk, path: string, { follow }: { readonly follow: boolean }): ModelNode {
  const { node } = resolvePath(disk, path, follow);
  if (node === null) throw fail('ENOENT');
  return node;
}

/** @internal */
export function fileAt(disk: ModelDisk, path: string): FileNode {
  const node = nodeAt(disk, path, { follow: true });
  if (node.kind !== 'file') throw fail('EISDIR');
  return node;
}

/** @internal How many names lead to a node. */
export function countNames(disk: ModelDisk, id: number): number {
  let count = 0;
  const visit = (folder: FolderNode): void => {
    for (const entry of folder.entries.values()) {
      if (entry === id) count += 1;
      const node = disk.nodes.get(entry);
      if (node?.kind === 'folder') visit(node);
    }
  };
  visit(folderNode(disk, ROOT));
  return count;
}
