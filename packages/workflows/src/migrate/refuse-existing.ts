import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';

/** @internal What is there is never replaced by an export. @throws `io.exists` */
export async function refuseExisting(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.lstat(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return;
    throw error;
  }
  throw new ModelkeepError('io.exists', {
    message: `${path} is there already`,
    facts: { path },
    hint: 'choose another name, or remove the file first',
  });
}
