import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { removeQuietly } from '../files/remove-quietly.ts';
import type { FileSystem } from '../ports/file-system.ts';

/** Which links a drive can make. */
export interface LinkAbilities {
  readonly reflink: boolean;
  readonly hardlink: boolean;
  readonly symlink: boolean;
}

/**
 * Finds out which links can be made in a folder, by making them there and removing them again.
 *
 * @throws when not even a plain file can be made: `io.read-only`, `io.permission`, `io.disk-full`, `io.not-found`
 */
export async function probeLinks(fileSystem: FileSystem, folder: string): Promise<LinkAbilities> {
  const name = (kind: string): string => join(folder, `.probe-${token}-${kind}`);
  const token = randomBytes(8).toString('hex');
  const original = name('file');
  const data = 'modelkeep looks for links that this drive can make';

  const works = async (path: string, make: () => Promise<void>): Promise<boolean> => {
    try {
      await make();
      const bytes = await fileSystem.readFile(path, { maxBytes: data.length });
      return Buffer.from(bytes).toString() === data;
    } catch (error) {
      if (isModelkeepError(error, 'io.failed') || isModelkeepError(error, 'io.permission')) return false;
      throw error;
    } finally {
      await removeQuietly(fileSystem, path);
    }
  };

  try {
    await fileSystem.writeFile(original, { data });
    return {
      reflink: await works(name('reflink'), () => fileSystem.reflink(original, name('reflink'))),
      hardlink: await works(name('hardlink'), () => fileSystem.link(original, name('hardlink'))),
      symlink: await works(name('symlink'), () => fileSystem.symlink({ target: original, path: name('symlink') })),
    };
  } finally {
    await removeQuietly(fileSystem, original);
  }
}
