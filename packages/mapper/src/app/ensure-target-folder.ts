import { dirname, join, relative, sep } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { FolderRegistry } from '../registry/folder-registry.ts';
import type { AppPlace } from './app-place.ts';
import { resolveTargetFolder, type MayLeaveAt, type TargetFolder } from './target-folder.ts';

/** @internal */
export interface EnsureFolderOptions extends AppPlace {
  /** Below the app's folder, `/` between segments. */
  readonly folder: string;
  readonly mayLeaveAt: MayLeaveAt;
  readonly fileSystem: FileSystem;
  readonly folders: FolderRegistry;
}

/** @internal Makes a folder of an app where it is missing and records each folder that it makes, before it makes it. */
export async function ensureTargetFolder(options: EnsureFolderOptions): Promise<TargetFolder> {
  const { fileSystem, folders, folder, mayLeaveAt, app, appRoot } = options;
  const found = await resolveTargetFolder(fileSystem, { appRoot, folder, mayLeaveAt });
  if (found.exists || found.problem !== null) return found;
  let path = found.deepest;
  for (const segment of relative(found.deepest, found.path).split(sep)) {
    path = join(path, segment);
    const recorded = await folders.add(path, { app, appRoot });
    try {
      await fileSystem.mkdir(path);
    } catch (error) {
      if (recorded) await folders.forget(path);
      if (!isModelkeepError(error, 'io.exists')) throw error;
    }
    await fileSystem.fsyncFolder(dirname(path));
  }
  return resolveTargetFolder(fileSystem, { appRoot, folder, mayLeaveAt });
}
