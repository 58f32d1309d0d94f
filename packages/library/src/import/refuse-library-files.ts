import { dirname, join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ImportMode } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';

/**
 * @internal What stands in a library belongs to it: moved out of there, or adopted there, its models would break.
 *
 * @throws `core.invalid-argument`
 */
export async function refuseLibraryFiles(
  fileSystem: FileSystem,
  { path, mode }: { readonly path: string; readonly mode: ImportMode },
): Promise<void> {
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

async function exists(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.lstat(path);
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.failed')) return false;
    throw error;
  }
}
