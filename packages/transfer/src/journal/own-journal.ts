import { isModelkeepError } from '@modelkeep/core';
import { processIdentity, type FileSystem } from '@modelkeep/io';
import { randomName } from '../part/random-name.ts';
import { removeName } from '../part/remove-name.ts';
import { statusOf } from '../status-of.ts';
import { closedLine, durableLine, headerLine, type DurableRecord, type JournalExpected } from './journal-lines.ts';

/** @internal The journal of a part that this process writes. */
export interface OwnJournal {
  /** Durable when it returns. The bytes it speaks of must be so before. */
  append(record: DurableRecord): Promise<void>;
  /** Says that the part is closed, so that anybody may go on with it. Nothing is appended after that. */
  close(): Promise<void>;
  /** Closes and removes the journal. */
  remove(): Promise<void>;
}

/** @internal What {@link createJournal} writes. */
export interface CreateJournalOptions {
  readonly path: string;
  readonly expected: JournalExpected;
  /** What is durable already. */
  readonly durable: DurableRecord | null;
}

/** @internal Makes the journal of this process; undefined when another one has the name. It has that name from its header on. */
export async function createJournal(
  fileSystem: FileSystem,
  { path, expected, durable }: CreateJournalOptions,
): Promise<OwnJournal | undefined> {
  const unnamed = `${path}.${randomName()}`;
  const file = await fileSystem.createAppend(unnamed);
  let open = true;
  const end = async (lastLine: string | null): Promise<void> => {
    if (!open) return;
    open = false;
    try {
      if (lastLine !== null) await file.append(lastLine);
    } finally {
      await file.close();
    }
  };
  const remove = async (name: string): Promise<void> => {
    await end(null);
    await fileSystem.unlink(name);
  };
  try {
    const header = headerLine({ nonce: randomName(), owner: processIdentity(), expected });
    await file.append(durable === null ? header : header + durableLine(durable));
    if (!(await giveName(fileSystem, unnamed, path))) {
      await remove(unnamed);
      return undefined;
    }
  } catch (error) {
    // What counts is why the journal cannot be written.
    await remove(unnamed).catch(() => {});
    throw error;
  }
  return {
    append: (record) => file.append(durableLine(record)),
    close: () => end(closedLine()),
    remove: () => remove(path),
  };
}

/** @returns false when another journal has the name */
async function giveName(fileSystem: FileSystem, unnamed: string, path: string): Promise<boolean> {
  try {
    await fileSystem.link(unnamed, path);
  } catch (error) {
    if (isModelkeepError(error, 'io.exists')) return false;
    if (!isModelkeepError(error, 'io.failed') && !isModelkeepError(error, 'io.permission')) throw error;
    // The drive has no links. Whoever loses its name between these steps finds that out by its part.
    if ((await statusOf(fileSystem, path)) !== undefined) return false;
    await fileSystem.rename(unnamed, path);
    return true;
  }
  await removeName(fileSystem, unnamed);
  return true;
}
