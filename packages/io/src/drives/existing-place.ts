import { dirname, resolve } from 'node:path';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { FileStatus, FileSystem } from '../ports/file-system.ts';

/** @internal What is there of a path. */
export interface ExistingPlace {
  /** The path itself, or the deepest folder above it that exists: absolute and without links. */
  readonly path: string;
  readonly status: FileStatus;
  /** Whether it is the path itself. */
  readonly isWhole: boolean;
}

/** What a path that is not there, or not for us to see, answers. */
const goesUp = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG']);

/** @internal Finds the deepest part of a path that exists. @throws `io.*` when not even the root can be looked at */
export async function findExistingPlace(fileSystem: FileSystem, path: string): Promise<ExistingPlace> {
  const wanted = resolve(path);
  for (let at = wanted; ; at = dirname(at)) {
    try {
      const status = await fileSystem.stat(at);
      return { path: await fileSystem.realpath(at), status, isWhole: at === wanted };
    } catch (error) {
      if (!goesUp.has(systemCodeOf(error) ?? '') || dirname(at) === at) throw error;
    }
  }
}
