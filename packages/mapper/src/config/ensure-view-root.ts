import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { AppPlace } from '../app/app-place.ts';
import type { MapperContext } from '../mapper-context.ts';

/** @internal Makes the view and the folder that holds the views of all apps, where they are missing. */
export async function ensureViewRoot(
  { fileSystem, folders }: Pick<MapperContext, 'fileSystem' | 'folders'>,
  { app, appRoot: viewRoot }: AppPlace,
): Promise<void> {
  for (const path of [dirname(viewRoot), viewRoot]) {
    const recorded = await folders.add(path, { app, appRoot: viewRoot });
    try {
      await fileSystem.mkdir(path);
      await fileSystem.fsyncFolder(dirname(path));
    } catch (error) {
      if (recorded) await folders.forget(path);
      if (!isModelkeepError(error, 'io.exists')) throw error;
    }
  }
}
