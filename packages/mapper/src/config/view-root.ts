import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '@modelkeep/io';
import type { MapperContext } from '../mapper-context.ts';

/**
 * @internal The folder of links that a config file of an installation leads to: one for each installation, whose name
 * follows from its folder. It is absolute and without links on the way, also where it is not there yet.
 *
 * @throws `core.invalid-argument` where the mapper has no folder for them
 */
export async function viewRootOf(
  { viewFolder, fileSystem }: Pick<MapperContext, 'viewFolder' | 'fileSystem'>,
  { app, appRoot }: { readonly app: string; readonly appRoot: string },
): Promise<string> {
  if (viewFolder === null || !isAbsolute(viewFolder)) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'config files lead to a folder of links, and there is none for them',
      facts: { argument: 'viewFolder', found: viewFolder },
      hint: 'make the mapper with an absolute `viewFolder`; a library has one in its own folder',
    });
  }
  const digest = createHash('sha256').update(appRoot).digest('hex').slice(0, 12);
  return join(await realPath(fileSystem, viewFolder), `${app}-${digest}`);
}

/** @internal The same; null where there is no folder for them, or the drive that it is on is not connected. */
export async function findViewRoot(
  context: Pick<MapperContext, 'viewFolder' | 'fileSystem'>,
  place: { readonly app: string; readonly appRoot: string },
): Promise<string | null> {
  if (context.viewFolder === null) return null;
  try {
    return await viewRootOf(context, place);
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return null;
  }
}

/** @internal Whether a folder is where the links of an app are that its config files lead to. */
export async function isViewRoot(
  { viewFolder, fileSystem }: Pick<MapperContext, 'viewFolder' | 'fileSystem'>,
  { app, appRoot }: { readonly app: string; readonly appRoot: string },
): Promise<boolean> {
  if (viewFolder === null || !isAbsolute(viewFolder)) return false;
  return isViewName(basename(appRoot), app) && dirname(appRoot) === (await realPath(fileSystem, viewFolder));
}

/** @internal Whether a name is one of such folders. */
export function isViewName(name: string, app: string): boolean {
  return name.startsWith(`${app}-`) && /^[0-9a-f]{12}$/.test(name.slice(app.length + 1));
}

/** @internal The path without links, of which the last part need not be there. */
export async function realPath(fileSystem: MapperContext['fileSystem'], path: string): Promise<string> {
  try {
    return await fileSystem.realpath(path);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    return join(await fileSystem.realpath(join(path, '..')), path.split(/[\\/]/).at(-1) ?? '');
  }
}
