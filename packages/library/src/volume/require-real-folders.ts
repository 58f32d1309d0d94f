import { relative, sep, join } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import { ensureFolder, type FileSystem } from '@modelkeep/io';

/**
 * Makes sure that a folder below the root, and every folder on the way to it, is one and no link: a library may come from
 * somebody else, and what is written or removed in it must not happen elsewhere. The root itself may be a link.
 *
 * @param folder - absolute, below the root
 * @returns whether the folder is there
 * @throws `library.invalid`
 */
export async function requireRealFolder(fileSystem: FileSystem, root: string, folder: string): Promise<boolean> {
  let path = root;
  for (const segment of relative(root, folder).split(sep)) {
    path = join(path, segment);
    try {
      if ((await fileSystem.lstat(path)).kind === 'folder') continue;
    } catch (error) {
      if (isModelkeepError(error, 'io.not-found')) return false;
      throw error;
    }
    throw new ModelkeepError('library.invalid', {
      message: `${path} has to be a folder and is something else, perhaps a link`,
      facts: { path, reason: 'no folder' },
      hint: 'a library is whole in its own folder: move what the link leads to into its place, or remove the link',
    });
  }
  return true;
}

/** Whether a folder below the root is there, and it and every folder on the way to it is one and no link. */
export async function isRealFolder(fileSystem: FileSystem, root: string, folder: string): Promise<boolean> {
  try {
    return await requireRealFolder(fileSystem, root, folder);
  } catch (error) {
    if (isModelkeepError(error, 'library.invalid')) return false;
    throw error;
  }
}

/** Makes a folder below the root where there is none. @throws `library.invalid` when a link is on the way, `io.*` */
export async function ensureRealFolder(fileSystem: FileSystem, root: string, folder: string): Promise<void> {
  if (!(await requireRealFolder(fileSystem, root, folder))) await ensureFolder(fileSystem, folder);
}
