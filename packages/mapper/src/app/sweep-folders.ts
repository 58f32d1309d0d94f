import { dirname } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { Exclusively } from '../support/exclusively.ts';
import type { FolderRegistry } from '../registry/folder-registry.ts';
import type { AppPlace } from './app-place.ts';

/** @internal */
export interface SweepOptions extends AppPlace {
  readonly fileSystem: FileSystem;
  readonly folders: FolderRegistry;
  readonly exclusively: Exclusively;
}

/** @internal Removes the folders that were made for links and are empty now, deepest first. Nothing else is removed. */
export async function sweepFolders({ fileSystem, folders, exclusively, app, appRoot }: SweepOptions): Promise<void> {
  const made = () => folders.list({ app, appRoot });
  if ((await made()).length === 0) return;
  /* Another process may be about to make a link in one of them. */
  await exclusively(async () => {
    for (const path of await made()) if (await removeIfEmpty(fileSystem, path)) await folders.forget(path);
  });
}

/** Whether the folder is no longer there. */
async function removeIfEmpty(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    /* A link on the way would lead to a folder that is not the one that was made. */
    if ((await fileSystem.realpath(path)) !== path) return true;
    await fileSystem.rmdir(path);
    await fileSystem.fsyncFolder(dirname(path));
    return true;
  } catch (error) {
    const systemCode = systemCodeOf(error);
    if (systemCode === 'ENOENT' || systemCode === 'ENOTDIR') return true;
    if (systemCode !== undefined && stays.has(systemCode)) return false;
    throw error;
  }
}

/** It has something in it, is in use, or may not be removed by this user. */
const stays: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM', 'EACCES', 'EROFS']);
