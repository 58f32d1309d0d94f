import { dirname, join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ImportMode } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';

/**
 * @internal What stands in a library belongs to it: moved out of there, or adopted there, its models would break.
 *
 * @throws `core.invalid-argument`
 */
export async function refuseLibraryFiles(
  context: Pick<StoreContext, 'fileSystem' | 'layout' | 'volumes'>,
  { path, mode }: { readonly path: string; readonly mode: ImportMode },
): Promise<void> {
  const { fileSystem } = context;
  if (await isOwnRoot(context, path)) throw ownLibrary(path);
  if (mode !== 'move' && mode !== 'link') return;
  for (let folder = await fileSystem.realpath(path); ; folder = dirname(folder)) {
    if (await exists(fileSystem, join(folder, 'modelkeep.json'))) {
      throw new ModelkeepError('core.invalid-argument', {
        message: `${path} belongs to the model library ${folder}, and cannot be taken from it with mode ${mode}`,
        facts: { argument: 'mode', found: mode },
        hint: 'import it with mode copy',
      });
    }
    if (dirname(folder) === folder) return;
  }
}

async function isOwnRoot(
  { fileSystem, layout, volumes }: Pick<StoreContext, 'fileSystem' | 'layout' | 'volumes'>,
  path: string,
): Promise<boolean> {
  const folder = await fileSystem.realpath(path);
  for (const { root } of volumes?.online().map((one) => one.layout) ?? [layout]) {
    if ((await fileSystem.realpath(root)) === folder) return true;
  }
  return false;
}

function ownLibrary(path: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${path} is this library itself: what is in it is known`,
    facts: { argument: 'paths', found: path },
    hint: 'name what is to come in from elsewhere; if files were put into its folders by hand, move them out first',
  });
}

async function exists(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.lstat(path);
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.failed')) return false;
    throw error;
  }
}
