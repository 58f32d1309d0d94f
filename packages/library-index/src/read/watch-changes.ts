import { systemClock } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { replaced } from './replaced-file.ts';
import { changesSince, type ChangePage } from './changes-since.ts';

/** What goes with a look at what happens. */
export interface WatchChangesOptions {
  /** The cursor of the last page that was seen. @default now: the first page says `resync` and has the cursor to start with */
  readonly since?: string | undefined;
  /** How often the index is looked at, in milliseconds; at least 5. @default 25 */
  readonly pollMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LEAST_POLL_MS = 5;
/** A file that was moved away says no more. */
const LOOK_AT_FILE_MS = 500;

/**
 * @internal What happens to models, in any process: first what happened since, then each change within moments, until the
 * signal aborts. SQLite tells for next to nothing whether another connection has written; the writes of this object go
 * through a connection of their own, so they show as well.
 */
export async function* watchChanges(
  database: SqliteDatabase,
  { since, pollMs = 25, signal, isReplaced }: WatchChangesOptions & { readonly isReplaced: () => Promise<boolean> },
): AsyncGenerator<ChangePage> {
  let cursor = since ?? null;
  let seen = -1;
  let lookedMs = systemClock.monotonicMs();
  for (;;) {
    const version = await readVersion(database, signal);
    if (version !== seen) {
      seen = version;
      for (let page = await changesSince(database, cursor, { signal }); ;) {
        if (page.resync || page.changes.length > 0) yield page;
        const isLast = page.resync || page.changes.length === 0;
        cursor = page.cursor;
        if (isLast) break;
        page = await changesSince(database, cursor, { signal });
      }
    }
    if (systemClock.monotonicMs() - lookedMs > LOOK_AT_FILE_MS) {
      lookedMs = systemClock.monotonicMs();
      if (await isReplaced()) throw replaced(database.path);
    }
    await systemClock.sleep(Math.max(LEAST_POLL_MS, pollMs), signal);
  }
}

async function readVersion(database: SqliteDatabase, signal: AbortSignal | undefined): Promise<number> {
  const row = await database.get<{ data_version: number }>('pragma data_version', [], { signal });
  return row?.data_version ?? 0;
}
