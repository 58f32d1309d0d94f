import type { FileSystem } from '@modelkeep/io';
import type { JournalExpected } from './journal/journal-lines.ts';
import { readJournal, type PartOwner } from './journal/read-journal.ts';
import { usablePart } from './part/usable-part.ts';

/** A part and its journal. */
export interface PartPlace {
  readonly part: string;
  readonly journal: string;
}

/** What an earlier call has left. */
export interface LeftPart {
  /** Bytes that are on disk for certain, with gaps between them where several connections wrote. */
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
  const usable = await usablePart(fileSystem, part, { content, known: content.expected });
  if (usable === undefined) return null;
  return { durableBytes: usable.durableBytes, totalBytes: usable.totalBytes, expected: content.expected, owner };
}
