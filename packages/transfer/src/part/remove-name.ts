import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';

/** @internal Takes a name away, if it is there; whoever writes the file goes on with it. */
export async function removeName(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
