import { join } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { AppProfile } from '../profiles/app-profile.ts';

const LONGEST_FILE = 4 * 1024 * 1024;
const LONGEST_VERSION = 256;

/** @internal What an app's folder says its version is, in the app's words; null where it does not say. */
export async function readInstalledVersion(
  fileSystem: FileSystem,
  { profile, appRoot }: { readonly profile: AppProfile; readonly appRoot: string },
): Promise<string | null> {
  for (const { path, after, before } of profile.versions.files) {
    const text = await readText(fileSystem, join(appRoot, ...path.split('/')));
    if (text === null) continue;
    const start = text.indexOf(after);
    if (start === -1) continue;
    const rest = text.slice(start + after.length, start + after.length + LONGEST_VERSION);
    const end = rest.indexOf(before);
    const version = (end === -1 ? '' : rest.slice(0, end)).trim();
    if (version !== '') return version;
  }
  return null;
}

/** null for what is not there, is no file, or is too large for what it should be. */
async function readText(fileSystem: FileSystem, path: string): Promise<string | null> {
  try {
    const { kind, sizeBytes } = await fileSystem.stat(path);
    if (kind !== 'file' || sizeBytes > LONGEST_FILE) return null;
    return Buffer.from(await fileSystem.readFile(path, { maxBytes: LONGEST_FILE }))
      .toString('utf8')
      .replaceAll('\r\n', '\n');
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return null;
  }
}
