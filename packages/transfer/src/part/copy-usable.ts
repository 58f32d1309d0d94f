import { isModelkeepError } from '@modelkeep/core';
import type { FetchContext } from '../fetch-context.ts';
import type { UsablePart } from './usable-part.ts';

/**
 * @internal Copies what is durable of a part that another process may still write, or undefined where that is of no use: without a
 * digest nobody would notice that the other one had begun anew meanwhile.
 */
export async function copyUsable(
  { options, known, logger }: FetchContext,
  { usable, path }: { readonly usable: UsablePart | undefined; readonly path: string },
): Promise<UsablePart | undefined> {
  if (usable === undefined || (known.sha256 === null && known.gitSha1 === null)) return undefined;
  const { io, part, signal } = options;
  try {
    await io.copyPrefix({ source: part, target: path, sizeBytes: usable.endBytes, signal });
  } catch (error) {
    if (!isModelkeepError(error, 'io.changed-while-read') && !isModelkeepError(error, 'io.not-found')) throw error;
    logger.info('a part went away while it was copied: it is fetched from the start', { file: options.file });
    return undefined;
  }
  const { inode } = await io.fileSystem.lstat(path);
  return { ...usable, inode, writable: true };
}
