import { isModelkeepError } from '@modelkeep/core';
import { processLiveness, systemCodeOf, type FileSystem, type ProcessLiveness } from '@modelkeep/io';
import { parseJournal, type JournalContent } from './journal-lines.ts';

/** A line is about 130 bytes and stands for up to 8 MiB: this is enough for files of four tebibytes. */
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

/** Who may write the part: nobody, a running process, or one of which nothing can be said. */
export type PartOwner = 'closed' | ProcessLiveness;

/** @internal A journal that was found. */
export interface FoundJournal {
  /** Undefined when it cannot be read. */
  readonly content: JournalContent | undefined;
  readonly owner: PartOwner;
}

/** @internal Reads a journal; undefined when there is none. */
export async function readJournal(fileSystem: FileSystem, path: string): Promise<FoundJournal | undefined> {
  const content = await readContent(fileSystem, path);
  if (content === null) return undefined;
  const owner = content === undefined ? 'unknown' : content.closed ? 'closed' : processLiveness(content.owner);
  return { content, owner };
}

/** Null: no such file. Undefined: it cannot be understood. */
async function readContent(fileSystem: FileSystem, path: string): Promise<JournalContent | undefined | null> {
  try {
    const bytes = await fileSystem.readFile(path, { maxBytes: MAX_JOURNAL_BYTES });
    return parseJournal(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    if (systemCodeOf(error) === 'EFBIG') return undefined;
    throw error;
  }
}
