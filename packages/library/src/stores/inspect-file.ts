import { isModelkeepError, type FileStamp } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { isBelow } from '../external/external-place.ts';
import type { FileProblem } from '../scan/scan-report.ts';

/** @internal A file of a store that may be used. */
export interface InspectedFile {
  readonly real: string;
  readonly sizeBytes: number;
  readonly stamp: FileStamp;
}

/**
 * @internal Follows the links of a store as far as they stay in it.
 *
 * @param granted - folders, without links on the way, that a link may lead into
 * @returns why not, where it may not be used
 */
export async function inspectFile(
  fileSystem: FileSystem,
  path: string,
  granted: readonly string[],
): Promise<InspectedFile | FileProblem> {
  try {
    const real = await fileSystem.realpath(path);
    if (!granted.some((folder) => isBelow(folder, real))) return refused(path, `it leads out of the store, to ${real}`);
    const { kind, sizeBytes, mtimeMs, device, inode } = await fileSystem.lstat(real);
    if (kind !== 'file') return refused(path, 'it is no file');
    return { real, sizeBytes, stamp: { mtimeMs, device, inode } };
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    return { path, code: error.code, message: error.message };
  }
}

/** @internal */
export function refused(path: string, reason: string): FileProblem {
  return { path, code: 'library.unsafe-entry', message: `${path} is left alone: ${reason}` };
}
