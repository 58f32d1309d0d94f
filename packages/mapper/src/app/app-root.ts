import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { isInside } from './safe-names.ts';

/**
 * @internal Checks the folder of an app.
 * @returns its path without links on the way
 * @throws `mapper.app-root` when it is missing, no folder, or surely not an app: a drive, the home folder or what holds it
 */
export async function resolveAppRoot(fileSystem: FileSystem, appRoot: string): Promise<string> {
  if (!isAbsolute(appRoot)) throw refuse(appRoot, 'the path is not absolute');
  const resolved = await resolve(fileSystem, appRoot);
  if ((await fileSystem.stat(resolved)).kind !== 'folder') throw refuse(appRoot, 'it is not a folder');
  if (await isTooWide(fileSystem, resolved)) throw refuse(appRoot, 'it is the home folder, or a folder above it');
  return resolved;
}

/** @internal The same without errors: null when the folder cannot be reached, for work that goes on without it. */
export async function findAppRoot(fileSystem: FileSystem, appRoot: string): Promise<string | null> {
  try {
    return await fileSystem.realpath(appRoot);
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return null;
  }
}

/** @internal Whether the folder of an app is there, as it was recorded. The drive that it is on may not be connected. */
export async function isAppThere(fileSystem: FileSystem, { appRoot }: { readonly appRoot: string }): Promise<boolean> {
  return (await findAppRoot(fileSystem, appRoot)) === appRoot;
}

/** @internal @throws `mapper.app-root` when it is not */
export async function confirmAppIsThere(fileSystem: FileSystem, place: { readonly appRoot: string }): Promise<void> {
  if (await isAppThere(fileSystem, place)) return;
  const reason = 'it is not there now, or is reached by a link that leads elsewhere';
  throw new ModelkeepError('mapper.app-root', {
    message: `nothing was taken back in ${place.appRoot}: ${reason}`,
    facts: { path: place.appRoot, reason },
    hint: 'connect the drive that it is on and try again; for an app that is gone for good, use unlinkAll',
  });
}

async function resolve(fileSystem: FileSystem, appRoot: string): Promise<string> {
  try {
    return await fileSystem.realpath(appRoot);
  } catch (error) {
    const systemCode = systemCodeOf(error);
    if (systemCode === 'ENOENT') throw refuse(appRoot, 'there is no such folder');
    if (systemCode === 'ENOTDIR') throw refuse(appRoot, 'a file is on the way to it');
    if (systemCode === 'ELOOP') throw refuse(appRoot, 'the links on the way lead to each other');
    throw error;
  }
}

/** @internal Whether a folder is the home folder, or one above it. */
export async function isTooWide(fileSystem: FileSystem, folder: string): Promise<boolean> {
  return isInside(folder, await homeFolder(fileSystem));
}

async function homeFolder(fileSystem: FileSystem): Promise<string> {
  return (await findAppRoot(fileSystem, homedir())) ?? homedir();
}

function refuse(path: string, reason: string): ModelkeepError {
  return new ModelkeepError('mapper.app-root', {
    message: `${path} cannot be the folder of an app: ${reason}`,
    facts: { path, reason },
    hint: 'give the absolute path of the folder that the app is installed in',
  });
}
