import { createSqlite, type SqliteOptions } from './create-sqlite.ts';
import type { OpenDatabaseOptions } from './open-options.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** How a single database is opened. */
export interface OpenSqliteOptions extends OpenDatabaseOptions, SqliteOptions {}

/**
 * Opens one database with worker threads of its own, which end when it is closed. A program with several databases or
 * locks makes one `createSqlite()` for all of them.
 *
 * @throws like `Sqlite.open` and `createSqlite`
 *
 * @example
 * ```ts
 * import { openSqlite } from '@modelkeep/sqlite';
 *
 * await using database = await openSqlite({
 *   path: '/data/notes.db',
 *   migrations: [{ namespace: 'notes', steps: ['create table notes (id integer primary key, text text not null)'] }],
 * });
 * await database.run('insert into notes (text) values (?)', ['hello']);
 * const notes = await database.all<{ id: number; text: string }>('select id, text from notes');
 * ```
 */
export async function openSqlite(options: OpenSqliteOptions): Promise<SqliteDatabase> {
  const sqlite = createSqlite({ size: 1, ...options });
  try {
    const database = await sqlite.open(options);
    return { ...database, close: () => sqlite.close(), [Symbol.asyncDispose]: () => sqlite.close() };
  } catch (error) {
    await sqlite.close();
    throw error;
  }
}
