import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';

/** @internal Whether there is anything of this name, a link that leads nowhere included. */
export async function nameExists(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.lstat(path);
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
}
