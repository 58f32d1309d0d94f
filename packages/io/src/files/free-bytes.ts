import { dirname, resolve } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';

/** The bytes that can still be written at a path, also where its folders do not exist yet. */
export async function freeBytesAt(fileSystem: FileSystem, path: string): Promise<number> {
  let folder = resolve(path);
  for (;;) {
    try {
      return (await fileSystem.statfs(folder)).freeBytes;
    } catch (error) {
      const parent = dirname(folder);
      if (!isModelkeepError(error, 'io.not-found') || parent === folder) throw error;
      folder = parent;
    }
  }
}
