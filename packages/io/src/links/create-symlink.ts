import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { removeQuietly } from '../files/remove-quietly.ts';
import { temporaryNameBeside } from '../files/temporary-name.ts';
import type { FileSystem, SymlinkOptions } from '../ports/file-system.ts';
import { inTheWay } from './in-the-way.ts';

/** What {@link createSymlink} makes. */
export interface CreateSymlinkOptions extends SymlinkOptions {
  /** The target of the symlink that is there now and may be replaced. Without it nothing may be there. */
  readonly replaces?: string | undefined;
}

/**
 * Makes a symlink in one step, durable when it returns. It never takes the place of anything but the one symlink that
 * `replaces` describes.
 *
 * @throws `io.exists` when something else is there, `io.permission`, `io.failed`
 */
export async function createSymlink(fileSystem: FileSystem, options: CreateSymlinkOptions): Promise<void> {
  const { target, path, kind, replaces } = options;
  if (replaces === undefined || (await presentTarget(fileSystem, path)) === undefined) {
    await fileSystem.symlink({ target, path, kind });
  } else {
    const temporary = temporaryNameBeside(path);
    let renamed = false;
    try {
      await fileSystem.symlink({ target, path: temporary, kind });
      if ((await presentTarget(fileSystem, path)) !== replaces) throw inTheWay(path);
      await fileSystem.rename(temporary, path);
      renamed = true;
    } finally {
      if (!renamed) await removeQuietly(fileSystem, temporary);
    }
  }
  await fileSystem.fsyncFolder(dirname(path));
}

async function presentTarget(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  try {
    if ((await fileSystem.lstat(path)).kind !== 'symlink') throw inTheWay(path);
    return await fileSystem.readlink(path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw error;
  }
}
