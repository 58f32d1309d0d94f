import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';

/** @internal Removes a folder of ours with all that is in it; links, the folder itself included, are removed and never followed. */
export async function removeTree(fileSystem: FileSystem, folder: string): Promise<void> {
  try {
    if ((await fileSystem.lstat(folder)).kind !== 'folder') {
      await fileSystem.unlink(folder);
      return;
    }
    for (const { name, kind } of await fileSystem.readdir(folder)) {
      const path = join(folder, name);
      if (kind === 'folder') await removeTree(fileSystem, path);
      else await fileSystem.unlink(path);
    }
    await fileSystem.rmdir(folder);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
