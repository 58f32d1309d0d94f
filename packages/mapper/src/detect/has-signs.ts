import { basename, dirname, join } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { ProfileSigns } from '../profiles/app-profile.ts';

/** @internal Whether a folder has all that an app's has, and nothing that another one's has. */
export async function hasSigns(
  fileSystem: FileSystem,
  { appRoot, signs }: { readonly appRoot: string; readonly signs: ProfileSigns },
): Promise<boolean> {
  for (const sign of signs.all) if (!(await isThere(fileSystem, join(appRoot, ...sign.split('/'))))) return false;
  for (const sign of signs.none) if (await isThere(fileSystem, join(appRoot, ...sign.split('/')))) return false;
  return true;
}

async function isThere(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    if (!path.endsWith('*')) {
      await fileSystem.stat(path);
      return true;
    }
    const start = basename(path).slice(0, -1);
    return (await fileSystem.readdir(dirname(path))).some(({ name }) => name.startsWith(start));
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return false;
  }
}
