import * as fs from 'node:fs';
import { fileKindOf } from './file-status-of.ts';
import type { BulkFileSystem, OpenMode } from '../ports/bulk-file-system.ts';
import { blockingWithDescriptors } from './with-descriptors.ts';

const { O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR, COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = fs.constants;

const flags: Readonly<Record<OpenMode, number>> = {
  // A pipe that nobody writes to would keep a worker waiting for ever.
  read: process.platform === 'win32' ? O_RDONLY : O_RDONLY | O_NONBLOCK,
  create: O_RDWR | O_CREAT | O_EXCL,
  update: O_RDWR,
};

/** The blocking calls of the machine, over `node:fs`. */
export const nodeBulkFileSystem: BulkFileSystem = {
  open: (path, { mode, permissions = 0o644 }) =>
    blockingWithDescriptors(() => fs.openSync(path, flags[mode], permissions)),
  close: (descriptor) => fs.closeSync(descriptor),
  read: (descriptor, { bytes, position }) => fs.readSync(descriptor, bytes, 0, bytes.byteLength, position),
  write: (descriptor, { bytes, position }) => fs.writeSync(descriptor, bytes, 0, bytes.byteLength, position),
  truncate: (descriptor, sizeBytes) => fs.ftruncateSync(descriptor, sizeBytes),
  chmod: (descriptor, mode) => fs.fchmodSync(descriptor, mode),
  fsync: (descriptor) => fs.fsyncSync(descriptor),
  fdatasync: (descriptor) => fs.fdatasyncSync(descriptor),
  status: (descriptor) => {
    const found = fs.fstatSync(descriptor, { bigint: true });
    return { sizeBytes: Number(found.size), mtimeNs: found.mtimeNs, device: found.dev, inode: found.ino };
  },
  reflink: (existing, path) =>
    blockingWithDescriptors(() => fs.copyFileSync(existing, path, COPYFILE_FICLONE_FORCE | COPYFILE_EXCL)),
  unlink: (path) => fs.unlinkSync(path),
  readFolder: (path) =>
    blockingWithDescriptors(() => fs.readdirSync(path, { withFileTypes: true })).map((entry) => ({
      name: entry.name,
      kind: fileKindOf(entry),
    })),
  nameStatus: (path, { followLinks }) => {
    const found = followLinks ? fs.statSync(path) : fs.lstatSync(path);
    return {
      kind: fileKindOf(found),
      sizeBytes: found.size,
      mtimeMs: found.mtimeMs,
      device: found.dev,
      inode: found.ino,
      linkCount: found.nlink,
    };
  },
  readLink: (path) => fs.readlinkSync(path),
  realPath: (path) => fs.realpathSync(path),
};
