import { dirname, resolve } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';

/**
 * Makes a folder and its missing parents, each durable in its parent. A folder that is there is left as it is.
 *
 * @throws `io.exists` when a file is in the way, `io.read-only`, `io.permission`, `io.disk-full`, `io.failed`
 */
export async function ensureFolder(fileSystem: FileSystem, path: string): Promise<void> {
  await ensure(fileSystem, resolve(path));
}

async function ensure(fileSystem: FileSystem, path: string): Promise<void> {
  if (await isFolder(fileSystem, path)) return;
  const parent = dirname(path);
  if (parent !== path) await ensure(fileSystem, parent);
  try {
    await fileSystem.mkdir(path);
  } catch (error) {
    const madeByAnother = isModelkeepError(error, 'io.exists') && (await isFolder(fileSystem, path));
    if (!madeByAnother) throw error;
  }
  await fileSystem.fsyncFolder(parent);
}

async function isFolder(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    const status = await fileSystem.stat(path);
    if (status.kind === 'folder') return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
  throw new ModelkeepError('io.exists', {
    message: `cannot make the folder ${path}: a file has this name`,
    facts: { path },
    hint: 'remove or rename the file, or choose another folder',
  });
}
