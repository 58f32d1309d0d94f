import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { posix } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { resolveTargetFolder, type MayLeaveAt } from '../app/target-folder.ts';

/** @internal A config file as it is on the disk. */
export type FoundFile =
  | {
      readonly problem: null;
      /** Absolute, without links on the way. */
      readonly path: string;
      /** null: it is not there. */
      readonly text: string | null;
      readonly mode: number | undefined;
      readonly hasFolder: boolean;
    }
  | { readonly path: string; readonly problem: string };

const LARGEST_CONFIG = 1024 * 1024;

/** @internal Config files are in the app's folder. */
export const staysInside: MayLeaveAt = () => false;

/** @internal Reads a config file of an app. A link out of the app's folder is not followed. */
export async function readConfigFile(
  fileSystem: FileSystem,
  { appRoot, path }: { readonly appRoot: string; readonly path: string },
): Promise<FoundFile> {
  const folder = posix.dirname(path);
  const place =
    folder === '.'
      ? { path: appRoot, exists: true, problem: null }
      : await resolveTargetFolder(fileSystem, { appRoot, folder, mayLeaveAt: staysInside });
  const absolute = join(place.path, posix.basename(path));
  if (place.problem !== null) return { path: absolute, problem: place.problem.message };
  const missing = { path: absolute, problem: null, text: null, mode: undefined, hasFolder: place.exists } as const;
  if (!place.exists) return missing;
  try {
    const { kind, sizeBytes, mode } = await fileSystem.lstat(absolute);
    if (kind === 'symlink')
      return { path: absolute, problem: "it is a link: name the file that it leads to as the app's own" };
    if (kind !== 'file') return { path: absolute, problem: 'it is no file' };
    if (sizeBytes > LARGEST_CONFIG) return { path: absolute, problem: `it is larger than ${LARGEST_CONFIG} bytes` };
    const bytes = await fileSystem.readFile(absolute, { maxBytes: LARGEST_CONFIG });
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (text.includes('\0'))
      return { path: absolute, problem: `${basename(absolute)} has a NUL in it: it is no UTF-8 text` };
    return { ...missing, text, mode: mode & 0o777 };
  } catch (error) {
    if (error instanceof TypeError) return { path: absolute, problem: `${basename(absolute)} is not UTF-8` };
    if (systemCodeOf(error) === 'ENOENT') return missing;
    if (systemCodeOf(error) === 'EFBIG')
      return { path: absolute, problem: `it is larger than ${LARGEST_CONFIG} bytes` };
    throw error;
  }
}

/** @internal What a text is compared by; null for a file that is not there. */
export function textDigest(text: string | null): string | null {
  return text === null ? null : createHash('sha256').update(text).digest('hex');
}
