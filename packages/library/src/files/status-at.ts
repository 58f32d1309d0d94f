import { isModelkeepError } from '@modelkeep/core';
import type { FileStatus, FileSystem } from '@modelkeep/io';

/** @internal What has this name, a link itself and not what it leads to; null where there is nothing. */
export async function statusAt(fileSystem: FileSystem, path: string): Promise<FileStatus | null> {
  try {
    return await fileSystem.lstat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}

/** @internal The file with this name; null where there is none, or something else. */
export async function fileAt(fileSystem: FileSystem, path: string): Promise<FileStatus | null> {
  const status = await statusAt(fileSystem, path);
  return status?.kind === 'file' ? status : null;
}
