import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { randomName } from '../part/random-name.ts';
import { readJournal, type FoundJournal } from './read-journal.ts';

/**
 * @internal Takes away a journal that was judged to be free, so that its name and its part are the caller's. Of several
 * processes one succeeds: a rename has one winner.
 *
 * @param judged - what the journal was when it was judged
 * @returns whether the caller has it now
 */
export async function claimJournal(fileSystem: FileSystem, path: string, judged: FoundJournal): Promise<boolean> {
  const taken = `${path}.${randomName()}`;
  try {
    await fileSystem.rename(path, taken);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
  const found = await readJournal(fileSystem, taken);
  const isJudged = found?.content?.nonce === judged.content?.nonce && found?.owner === judged.owner;
  if (!isJudged) {
    // Another process was between the look and the rename, and this is its journal. It gets its name back if it can; a
    // journal that is lost costs a resume and nothing else.
    await fileSystem.link(taken, path).catch(() => {});
  }
  await fileSystem.unlink(taken);
  return isJudged;
}
