import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { fileKindOf, fileStatusOf } from './file-status-of.ts';
import { guarded } from './guarded.ts';
import { readWholeFile } from './read-whole-file.ts';
import { createAppendFile, writeNewFile } from './write-files.ts';

/** A folder cannot be opened on Windows: there the names are the journal's of the file system itself. */
const folderCodesOnWindows = new Set(['EPERM', 'EISDIR', 'EACCES', 'EINVAL']);

async function syncPath(path: string, flags: number): Promise<void> {
  const handle = await fs.open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The file system of the machine, over `node:fs/promises`. */
export const nodeFileSystem: FileSystem = {
  mkdir: (path) => guarded({ operation: 'make the folder', path }, () => fs.mkdir(path)),
  readdir: (path) =>
    guarded({ operation: 'list', path }, async () => {
      const entries = await fs.readdir(path, { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, kind: fileKindOf(entry) }));
    }),
  lstat: (path) =>
    guarded({ operation: 'look at', path }, async () => fileStatusOf(await fs.lstat(path, { bigint: true }))),
  stat: (path) =>
    guarded({ operation: 'look at', path }, async () => fileStatusOf(await fs.stat(path, { bigint: true }))),
  readFile: (path, options) => readWholeFile(path, options),
  writeFile: (path, options) => writeNewFile(path, options),
  createAppend: (path) => createAppendFile(path),
  rename: (from, to) => guarded({ operation: `rename ${from} to`, path: to }, () => fs.rename(from, to)),
  link: (existing, path) => guarded({ operation: `link ${existing} as`, path }, () => fs.link(existing, path)),
  reflink: (existing, path) =>
    guarded({ operation: `clone ${existing} as`, path }, () =>
      fs.copyFile(existing, path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL),
    ),
  symlink: ({ target, path, kind = 'file' }) =>
    guarded({ operation: 'make the symlink', path }, () => fs.symlink(target, path, kind === 'folder' ? 'dir' : kind)),
  readlink: (path) => guarded({ operation: 'read the link', path }, () => fs.readlink(path)),
  unlink: (path) => guarded({ operation: 'remove', path }, () => fs.unlink(path)),
  rmdir: (path) => guarded({ operation: 'remove the folder', path }, () => fs.rmdir(path)),
  chmod: (path, mode) => guarded({ operation: 'change the mode of', path }, () => fs.chmod(path, mode)),
  setModifiedAt: (path, mtimeMs) =>
    guarded({ operation: 'set the time of', path }, () => fs.utimes(path, mtimeMs / 1_000, mtimeMs / 1_000)),
  fsyncFile: (path) =>
    guarded({ operation: 'fsync', path }, () =>
      syncPath(path, process.platform === 'win32' ? constants.O_RDWR : constants.O_RDONLY),
    ),
  fsyncFolder: (path) =>
    guarded({ operation: 'fsync the folder', path }, async () => {
      try {
        await syncPath(path, constants.O_RDONLY);
      } catch (error) {
        if (process.platform !== 'win32' || !folderCodesOnWindows.has(systemCodeOf(error) ?? '')) throw error;
      }
    }),
  statfs: (path) =>
    guarded({ operation: 'ask for the space of', path }, async () => {
      const found = await fs.statfs(path, { bigint: true });
      return {
        freeBytes: Number(found.bavail * found.bsize),
        totalBytes: Number(found.blocks * found.bsize),
        typeId: Number(found.type),
        freeFiles: found.files > 0n ? Number(found.ffree) : null,
      };
    }),
  realpath: (path) => guarded({ operation: 'resolve', path }, () => fs.realpath(path)),
};
