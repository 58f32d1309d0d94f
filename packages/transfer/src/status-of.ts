import { isModelkeepError } from '@modelkeep/core';
import type { FileStatus, FileSystem } from '@modelkeep/io';

/** @internal The status of a name itself, or undefined when nothing is there. */
export async function statusOf(fileSystem: FileSystem, path: string): Promise<FileStatus | undefined> {
  try {
    return await fileSystem.lstat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw error;
  }
}
