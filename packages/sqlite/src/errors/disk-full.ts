import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';

/** What a database needs at once for the index of its journal, and some more. */
const LEAST_ROOM_BYTES = 64 * 1024;

/** @internal */
export function diskFull(path: string, { message, cause }: { message: string; cause: unknown }): ModelkeepError {
  return new ModelkeepError('io.disk-full', {
    message,
    facts: { path },
    hint: 'free some space on this drive, or use another one, and run it again: what is already there is kept',
    cause,
  });
}

/** @internal SQLite calls some failures of a full drive only I/O errors, or says that it cannot open a file. */
export function hasNoRoom(path: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(dirname(path));
    return bavail * bsize < LEAST_ROOM_BYTES || (files > 0 && ffree === 0);
  } catch {
    // What cannot be asked tells nothing.
    return false;
  }
}
