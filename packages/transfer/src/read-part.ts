import type { FileSystem } from '@modelkeep/io';
import type { JournalExpected } from './journal/journal-lines.ts';
import { readJournal, type PartOwner } from './journal/read-journal.ts';
import { usablePrefix } from './part/usable-prefix.ts';

/** A part and its journal. */
export interface PartPlace {
  readonly part: string;
  readonly journal: string;
}

/** What an earlier call has left. */
export interface LeftPart {
  /** Bytes from the start that are on disk for certain. */
  readonly durableBytes: number;
  /** The whole file, where the source has told. */
  readonly totalBytes: number | null;
  /** What it shall become. */
  readonly expected: JournalExpected;
  /** Who may still write it. */
  readonly owner: PartOwner;
}

/**
 * What is durable of a part, or null when nothing of it can be used. The journal is taken for what it is: a file that
 * anybody may have written.
 *
 * @throws `io.permission`, `io.failed`
 */
export async function readPart(fileSystem: FileSystem, { part, journal }: PartPlace): Promise<LeftPart | null> {
  const found = await readJournal(fileSystem, journal);
  if (found?.content === undefined) return null;
  const { content, owner } = found;
  const prefix = await usablePrefix(fileSystem, part, { content, known: content.expected });
  if (prefix === undefined) return null;
  return { durableBytes: prefix.durableBytes, totalBytes: prefix.totalBytes, expected: content.expected, owner };
}
