import type { BulkFileSystem } from '@modelkeep/io';
import type { ModelDisk } from './disk-state.ts';
import { changeBytes, countNames, fileAt, nodeAt, syncBytes } from './model-disk.ts';
import type { FileNode } from './node.ts';
import { fail, resolvePath } from './resolve-path.ts';
import { createFile, readFolder, reflinkFile, unlinkFile } from './small-calls.ts';

/** @internal The blocking calls over a drive in memory. */
export function bulkCalls(disk: ModelDisk): BulkFileSystem {
  let next = 3;
  const nodeOf = (descriptor: number): FileNode => {
    const open = disk.descriptors.get(descriptor);
    if (open === undefined) throw fail('EBADF');
    return open.node;
  };
  return {
    open(path, { mode, permissions = 0o644 }) {
      const node = mode === 'create' ? createFile(disk, path, permissions) : fileAt(disk, path);
      const descriptor = next;
      next += 1;
      disk.descriptors.set(descriptor, { node, path });
      return descriptor;
    },
    close(descriptor) {
      nodeOf(descriptor);
      disk.descriptors.delete(descriptor);
    },
    read(descriptor, { bytes, position }) {
      const found = nodeOf(descriptor).bytes.subarray(position, position + bytes.byteLength);
      bytes.set(found);
      return found.byteLength;
    },
    write(descriptor, { bytes, position }) {
      changeBytes(disk, nodeOf(descriptor), { kind: 'write', position, bytes: Uint8Array.from(bytes) });
      return bytes.byteLength;
    },
    truncate(descriptor, sizeBytes) {
      changeBytes(disk, nodeOf(descriptor), { kind: 'truncate', sizeBytes });
    },
    chmod(descriptor, mode) {
      nodeOf(descriptor).mode = mode;
    },
    fsync: (descriptor) => syncBytes(nodeOf(descriptor)),
    fdatasync: (descriptor) => syncBytes(nodeOf(descriptor)),
    status(descriptor) {
      const { bytes, mtimeMs, id } = nodeOf(descriptor);
      return {
        sizeBytes: bytes.byteLength,
        mtimeNs: BigInt(Math.round(mtimeMs * 1e6)),
        device: 1n,
        inode: BigInt(id),
      };
    },
    reflink: (existing, path) => reflinkFile(disk, existing, path),
    unlink: (path) => unlinkFile(disk, path),
    readFolder: (path) => readFolder(disk, path),
    nameStatus(path, { followLinks }) {
      const node = nodeAt(disk, path, { follow: followLinks });
      return {
        kind: node.kind,
        sizeBytes: node.kind === 'file' ? node.bytes.byteLength : 0,
        mtimeMs: node.mtimeMs,
        device: 1,
        inode: node.id,
        linkCount: node.kind === 'folder' ? 1 : countNames(disk, node.id),
      };
    },
    readLink(path) {
      const node = nodeAt(disk, path, { follow: false });
      if (node.kind !== 'symlink') throw fail('EINVAL');
      return node.target;
    },
    realPath(path) {
      const found = resolvePath(disk, path, true);
      if (found.node === null) throw fail('ENOENT');
      return found.path;
    },
  };
}
