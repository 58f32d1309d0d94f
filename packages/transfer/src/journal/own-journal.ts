import { isModelkeepError } from '@modelkeep/core';
import { processIdentity, type FileSystem } from '@modelkeep/io';
import { randomName } from '../part/random-name.ts';
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

/** @internal Makes the journal of this process; undefined when another one has the name. */
export async function createJournal(
  fileSystem: FileSystem,
  { path, expected, durable }: CreateJournalOptions,
): Promise<OwnJournal | undefined> {
  const file = await fileSystem.createAppend(path).catch((error: unknown) => {
    if (isModelkeepError(error, 'io.exists')) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
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
  const remove = async (): Promise<void> => {
    await end(null);
    await fileSystem.unlink(path);
  };
  try {
    const header = headerLine({ nonce: randomName(), owner: processIdentity(), expected });
    await file.append(durable === null ? header : header + durableLine(durable));
  } catch (error) {
    // What counts is why the journal cannot be written.
    await remove().catch(() => {});
    throw error;
  }
  return { append: (record) => file.append(durableLine(record)), close: () => end(closedLine()), remove };
}
