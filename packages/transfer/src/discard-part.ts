import { basename, dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { isBeside } from './part/random-name.ts';
import type { PartPlace } from './read-part.ts';

/**
 * Removes a part, its journal, and the files beside them that other calls have left. A call that still writes one of them
 * notices at its end and begins anew.
 *
 * @throws `io.permission`, `io.failed`
 */
export async function discardPart(fileSystem: FileSystem, { part, journal }: PartPlace): Promise<void> {
  const folders = new Set([dirname(part), dirname(journal)]);
  for (const folder of folders) {
    for (const { name } of await entries(fileSystem, folder)) {
      const path = join(folder, name);
      if (!isOf(path, part) && !isOf(path, journal)) continue;
      await fileSystem.unlink(path).catch((error: unknown) => {
        if (!isModelkeepError(error, 'io.not-found')) throw error;
      });
    }
  }
}

async function entries(fileSystem: FileSystem, folder: string): Promise<readonly { readonly name: string }[]> {
  try {
    return await fileSystem.readdir(folder);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return [];
    throw error;
  }
}

function isOf(path: string, owner: string): boolean {
  if (dirname(path) !== dirname(owner)) return false;
  const [name, stem] = [basename(path), basename(owner)];
  return name === stem || isBeside(name, stem);
}
