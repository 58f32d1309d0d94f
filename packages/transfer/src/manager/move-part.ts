import { isModelkeepError } from '@modelkeep/core';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { PartPlace } from '../read-part.ts';
import { statusOf } from '../status-of.ts';

/**
 * @internal Gives a closed part with its journal another name, when nothing is there yet. The part goes first: a part
 * without a journal is worthless, a journal without its part is dangerous.
 *
 * @returns false when there is nothing to move, or when the two places are on different drives
 * @throws `io.permission`, `io.failed`
 */
export async function movePart(fileSystem: FileSystem, from: PartPlace, to: PartPlace): Promise<boolean> {
  if (from.part === to.part || (await statusOf(fileSystem, from.journal)) === undefined) return false;
  if ((await statusOf(fileSystem, to.part)) ?? (await statusOf(fileSystem, to.journal))) return false;
  try {
    await fileSystem.rename(from.part, to.part);
    await fileSystem.rename(from.journal, to.journal);
    return true;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found') || systemCodeOf(error) === 'EXDEV') return false;
    throw error;
  }
}
