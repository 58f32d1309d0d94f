import { homedir } from 'node:os';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { isBelow } from '../external/external-place.ts';

/**
 * @internal Every `.bin` and `.pt` of a system would be taken for a model's file, and be hashed.
 *
 * @param folder - absolute, without links on the way
 * @throws `library.too-wide`
 */
export async function refuseWide(
  fileSystem: Pick<FileSystem, 'realpath'>,
  folder: string,
  home: string = homedir(),
): Promise<void> {
  if (!isBelow(folder, await realOf(fileSystem, home))) return;
  throw new ModelkeepError('library.too-wide', {
    message: `${folder} is not scanned: it is the home folder, or holds it`,
    facts: { path: folder, home },
    hint: 'name the folders that models are in; wide (--wide) scans it all the same',
  });
}

async function realOf(fileSystem: Pick<FileSystem, 'realpath'>, home: string): Promise<string> {
  try {
    return await fileSystem.realpath(home);
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    return home;
  }
}
