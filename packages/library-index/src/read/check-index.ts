import { isModelkeepError } from '@modelkeep/core';
import type { SqliteCallOptions, SqliteDatabase } from '@modelkeep/sqlite';
import type { IndexCheck } from '../library-index.ts';

const MOST_TRIES = 3;

/**
 * FTS5 keeps what it knows of the layout of a table until the next query, and its check does not look whether another
 * connection has written meanwhile: it would take a table that was written anew for a damaged one.
 */
const LOOK_AGAIN = ['search', 'name_search', 'texts', 'word_parts']
  .map((table) => `(select count(*) from (select 1 from ${table} where ${table} match '"aaaa"' limit 1))`)
  .join(', ');

/** @internal Looks through the whole file. */
export async function checkIndex(database: SqliteDatabase, options?: SqliteCallOptions): Promise<IndexCheck> {
  let problems: string[] = [];
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    try {
      await database.get(`select ${LOOK_AGAIN}`, [], options);
    } catch (error) {
      if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
      return { ok: false, problems: [error.message] };
    }
    const rows = await database.all<{ quick_check: string }>('pragma quick_check(100)', [], options);
    problems = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
    if (problems.length === 0) return { ok: true, problems };
  }
  return { ok: false, problems };
}
