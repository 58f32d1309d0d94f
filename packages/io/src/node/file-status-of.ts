import type { BigIntStats, Dirent, Stats } from 'node:fs';
import type { FileKind, FileStatus } from '../ports/file-system.ts';

/** @internal Node's entry or status as a kind. */
export function fileKindOf(found: BigIntStats | Dirent | Stats): FileKind {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'symlink' : 'other';
}

/** @internal Node's status as ours. */
export function fileStatusOf(found: BigIntStats): FileStatus {
  return {
    kind: fileKindOf(found),
    sizeBytes: Number(found.size),
    // stat(2): st_blocks counts 512 bytes, whatever the file system's own blocks are.
    diskBytes: Number(found.blocks) * 512,
    mtimeMs: Number(found.mtimeNs) / 1e6,
    ctimeMs: Number(found.ctimeNs) / 1e6,
    mode: Number(found.mode) & 0o7777,
    linkCount: Number(found.nlink),
    device: String(found.dev),
    inode: String(found.ino),
  };
}
