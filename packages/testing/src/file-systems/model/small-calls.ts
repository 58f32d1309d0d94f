import type { ModelDisk } from './disk-state.ts';
import {
  translateSystemError,
  type AppendFile,
  type FileStatus,
  type FileSystem,
  type FolderEntry,
} from '@modelkeep/io';
import {
  addFile,
  addFolder,
  addSymlink,
  changeBytes,
  changeNames,
  countNames,
  fileAt,
  nodeAt,
  syncBytes,
  syncNames,
} from './model-disk.ts';
import type { FileNode, ModelNode } from './node.ts';
import { fail, resolvePath, type ResolvedPath } from './resolve-path.ts';

const BLOCK_BYTES = 4_096;
const TOTAL_BYTES = 1e12;

/** @internal The small calls over a drive in memory. */
export function smallCalls(disk: ModelDisk): FileSystem {
  const { options } = disk;
  return {
    mkdir: (path) =>
      guarded(path, 'mkdir', () => {
        const place = freeName(disk, path);
        changeNames(disk, [{ folder: place.folder.id, name: place.name, before: null, after: addFolder(disk).id }]);
      }),
    readdir: (path) => guarded(path, 'readdir', () => readFolder(disk, path)),
    lstat: (path) => guarded(path, 'lstat', () => statusOf(disk, nodeAt(disk, path, { follow: false }))),
    stat: (path) => guarded(path, 'stat', () => statusOf(disk, nodeAt(disk, path, { follow: true }))),
    readFile: (path, { maxBytes, signal }) =>
      guarded(path, 'readFile', () => {
        signal?.throwIfAborted();
        const { bytes } = fileAt(disk, path);
        if (bytes.byteLength > maxBytes) throw fail('EFBIG');
        return Buffer.from(bytes);
      }),
    writeFile: (path, { data, mode = 0o644, signal }) =>
      guarded(path, 'writeFile', () => {
        signal?.throwIfAborted();
        const file = createFile(disk, path, mode);
        changeBytes(disk, file, { kind: 'write', position: 0, bytes: bytesOf(data) });
        syncBytes(file);
      }),
    createAppend: (path) => guarded(path, 'createAppend', () => appendTo(disk, createFile(disk, path, 0o644))),
    rename: (from, to) => guarded(to, 'rename', () => rename(disk, from, to)),
    link: (existing, path) =>
      guarded(path, 'link', () => {
        if (!options.hardlinks) throw fail('EPERM');
        const source = nodeAt(disk, existing, { follow: false });
        if (source.kind === 'folder') throw fail('EPERM');
        const place = freeName(disk, path);
        changeNames(disk, [{ folder: place.folder.id, name: place.name, before: null, after: source.id }]);
      }),
    reflink: (existing, path) => guarded(path, 'reflink', () => reflinkFile(disk, existing, path)),
    symlink: ({ target, path }) =>
      guarded(path, 'symlink', () => {
        const place = freeName(disk, path);
        changeNames(disk, [
          { folder: place.folder.id, name: place.name, before: null, after: addSymlink(disk, target).id },
        ]);
      }),
    readlink: (path) =>
      guarded(path, 'readlink', () => {
        const node = nodeAt(disk, path, { follow: false });
        if (node.kind !== 'symlink') throw fail('EINVAL');
        return node.target;
      }),
    unlink: (path) => guarded(path, 'unlink', () => unlinkFile(disk, path)),
    rmdir: (path) =>
      guarded(path, 'rmdir', () => {
        const { folder, name, node } = resolvePath(disk, path, false);
        if (node === null) throw fail('ENOENT');
        if (node.kind !== 'folder') throw fail('ENOTDIR');
        if (node.entries.size > 0) throw fail('ENOTEMPTY');
        changeNames(disk, [{ folder: folder.id, name, before: node.id, after: null }], node.id);
      }),
    chmod: (path, mode) =>
      guarded(path, 'chmod', () => {
        const node = nodeAt(disk, path, { follow: true });
        node.mode = mode;
        node.ctimeMs = options.now();
      }),
    setModifiedAt: (path, mtimeMs) =>
      guarded(path, 'utimes', () => {
        const node = nodeAt(disk, path, { follow: true });
        node.mtimeMs = mtimeMs;
        node.ctimeMs = options.now();
      }),
    fsyncFile: (path) => guarded(path, 'fsync', () => syncBytes(fileAt(disk, path))),
    fsyncFolder: (path) => guarded(path, 'fsync', () => syncNames(disk, nodeAt(disk, path, { follow: true }).id)),
    statfs: (path) =>
      guarded(path, 'statfs', () => {
        nodeAt(disk, path, { follow: true });
        return { freeBytes: TOTAL_BYTES / 2, totalBytes: TOTAL_BYTES, typeId: 0 };
      }),
    realpath: (path) =>
      guarded(path, 'realpath', () => {
        const resolved = resolvePath(disk, path, true);
        if (resolved.node === null) throw fail('ENOENT');
        return resolved.path;
      }),
  };
}

async function guarded<T>(path: string, operation: string, run: () => T): Promise<T> {
  try {
    return run();
  } catch (error) {
    throw translateSystemError(error, { path, operation });
  }
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return Uint8Array.from(typeof data === 'string' ? Buffer.from(data) : data);
}

function freeName(disk: ModelDisk, path: string): ResolvedPath {
  const place = resolvePath(disk, path, false);
  if (place.node !== null) throw fail('EEXIST');
  return place;
}

/** @internal The names in a folder. */
export function readFolder(disk: ModelDisk, path: string): FolderEntry[] {
  const node = nodeAt(disk, path, { follow: true });
  if (node.kind !== 'folder') throw fail('ENOTDIR');
  return [...node.entries].map(([name, id]) => ({ name, kind: disk.nodes.get(id)?.kind ?? 'other' }));
}

/** @internal A new, empty file with a name that is not durable. */
export function createFile(disk: ModelDisk, path: string, mode: number): FileNode {
  const place = freeName(disk, path);
  const file = addFile(disk, mode);
  changeNames(disk, [{ folder: place.folder.id, name: place.name, before: null, after: file.id }]);
  return file;
}

/** @internal A clone: its bytes are no more durable than those of a copy. */
export function reflinkFile(disk: ModelDisk, existing: string, path: string): void {
  const source = fileAt(disk, existing);
  if (!disk.options.reflinks) {
    freeName(disk, path);
    throw fail('EOPNOTSUPP');
  }
  const clone = createFile(disk, path, source.mode);
  changeBytes(disk, clone, { kind: 'write', position: 0, bytes: source.bytes });
}

/** @internal */
export function unlinkFile(disk: ModelDisk, path: string): void {
  const { folder, name, node } = resolvePath(disk, path, false);
  if (node === null) throw fail('ENOENT');
  if (node.kind === 'folder') throw fail('EISDIR');
  changeNames(disk, [{ folder: folder.id, name, before: node.id, after: null }]);
}

function rename(disk: ModelDisk, from: string, to: string): void {
  const source = resolvePath(disk, from, false);
  const target = resolvePath(disk, to, false);
  if (source.node === null) throw fail('ENOENT');
  if (source.node.id === target.node?.id) return;
  if (target.node?.kind === 'folder') {
    if (source.node.kind !== 'folder') throw fail('EISDIR');
    if (target.node.entries.size > 0) throw fail('ENOTEMPTY');
  } else if (target.node !== null && source.node.kind === 'folder') throw fail('ENOTDIR');
  changeNames(disk, [
    { folder: source.folder.id, name: source.name, before: source.node.id, after: null },
    { folder: target.folder.id, name: target.name, before: target.node?.id ?? null, after: source.node.id },
  ]);
}

function appendTo(disk: ModelDisk, file: FileNode): AppendFile {
  return {
    async append(data) {
      changeBytes(disk, file, { kind: 'write', position: file.bytes.byteLength, bytes: bytesOf(data) });
      syncBytes(file);
    },
    async close() {},
  };
}

function statusOf(disk: ModelDisk, node: ModelNode): FileStatus {
  const sizeBytes = node.kind === 'file' ? node.bytes.byteLength : 0;
  return {
    kind: node.kind,
    sizeBytes,
    diskBytes: Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES,
    mtimeMs: node.mtimeMs,
    ctimeMs: node.ctimeMs,
    mode: node.mode,
    linkCount: node.kind === 'file' ? countNames(disk, node.id) : 1,
    device: '1',
    inode: String(node.id),
  };
}
