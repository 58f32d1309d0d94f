import { readdir, readFile, realpath } from 'node:fs/promises';
import type { SystemFiles } from '../drives/system-files.ts';

/** Whatever the reason: what cannot be read is not known. */
async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch {
    // Not this system, not this kernel, or not for this user.
    return undefined;
  }
}

/** @internal `/proc` and `/sys` of the machine. */
export const nodeSystemFiles: SystemFiles = {
  readText: (path) => orUndefined(readFile(path, 'utf8')),
  realpath: (path) => orUndefined(realpath(path)),
  list: async (path) => (await orUndefined(readdir(path))) ?? [],
};
