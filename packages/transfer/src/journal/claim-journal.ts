import { basename, dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { isBeside, randomName } from '../part/random-name.ts';
import { removeName } from '../part/remove-name.ts';
import { statusOf } from '../status-of.ts';
import { readJournal, type FoundJournal } from './read-journal.ts';

/**
 * @internal Takes away a journal that was judged to be free, so that its name and its part are the caller's. Of several
 * processes one succeeds: a rename has one winner.
 *
 * @param judged - what the journal was when it was judged
 * @returns where it is now, to be removed when the caller has a journal of its own: a kill before that loses nothing. Undefined
 * when another process was faster
 */
export async function claimJournal(
  fileSystem: FileSystem,
  path: string,
  judged: FoundJournal,
): Promise<string | undefined> {
  const taken = `${path}.${randomName()}`;
  try {
    await fileSystem.rename(path, taken);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw error;
  }
  const found = await readJournal(fileSystem, taken);
  const isJudged = found?.content?.nonce === judged.content?.nonce && found?.owner === judged.owner;
  if (isJudged) return taken;
  // Another process was between the look and the rename, and this is its journal. It gets its name back if it can; a
  // journal that is lost costs a resume and nothing else.
  await fileSystem.link(taken, path).catch(() => {});
  await removeName(fileSystem, taken);
  return undefined;
}

/**
 * @internal Gives its name back to a journal that was taken by a process which was killed before its own one had that name.
 *
 * @returns whether there is a journal by that name again
 */
export async function restoreJournal(fileSystem: FileSystem, path: string): Promise<boolean> {
  const folder = dirname(path);
  let newest: { readonly taken: string; readonly mtimeMs: number } | undefined;
  for (const { name } of await fileSystem.readdir(folder)) {
    if (!isBeside(name, basename(path))) continue;
    const taken = join(folder, name);
    const found = await readJournal(fileSystem, taken);
    const mtimeMs = (await statusOf(fileSystem, taken))?.mtimeMs ?? 0;
    const isUseful = found?.content !== undefined && found.content.ranges.length > 0;
    if (isUseful && (newest === undefined || mtimeMs > newest.mtimeMs)) newest = { taken, mtimeMs };
  }
  if (newest === undefined) return false;
  try {
    await fileSystem.link(newest.taken, path);
  } catch {
    // Somebody else has made one, has it, or the drive has no links: the file is fetched from the start then.
    return false;
  }
  await removeName(fileSystem, newest.taken);
  return true;
}
