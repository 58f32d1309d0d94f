import { dirname, relative, sep } from 'node:path';
import { isModelkeepError, type ExternalPlace } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';

/**
 * @internal Says where a folder is in words that stay true: below the library's own volume, or on the drive that the
 * library is carried on, relative to the volume; anywhere else absolute.
 *
 * @param folder - absolute, without links on the way
 */
export async function externalPlace(context: StoreContext, folder: string): Promise<ExternalPlace> {
  const { root } = context.layout;
  const mount = await mountOf(context, root);
  const isOnCarriedDrive = mount !== dirname(mount) && isBelow(mount, folder) && (await isSameDrive(context, folder));
  if (!isOnCarriedDrive && !isBelow(root, folder)) {
    return { kind: 'external', volumeId: null, path: folder, missing: [] };
  }
  const path = relative(root, folder).split(sep).join('/');
  return { kind: 'external', volumeId: context.volume.volumeId, path: path === '' ? '.' : path, missing: [] };
}

/** @internal Whether a path is a folder or lies below it. */
export function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The topmost folder above a path that is on its drive. */
async function mountOf({ fileSystem }: StoreContext, path: string): Promise<string> {
  const { device } = await fileSystem.stat(path);
  let mount = path;
  for (;;) {
    const parent = dirname(mount);
    if (parent === mount || (await fileSystem.stat(parent)).device !== device) return mount;
    mount = parent;
  }
}

async function isSameDrive({ fileSystem, layout }: StoreContext, folder: string): Promise<boolean> {
  return (await fileSystem.stat(folder)).device === (await fileSystem.stat(layout.root)).device;
}

/**
 * @internal The drive of the nearest folder above a path that is there: of a path that is gone it tells whether its drive
 * may be. Null where nothing can be told.
 */
export async function nearestDevice({ fileSystem }: StoreContext, path: string): Promise<string | null> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      return (await fileSystem.stat(folder)).device;
    } catch (error) {
      const isGone = isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.failed');
      if (!isGone || dirname(folder) === folder) return null;
    }
  }
}
