import { isModelkeepError, ModelkeepError, type Logger } from '@modelkeep/core';
import { setAside, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { checkSchema, indexMigration } from './schema.ts';

/** @internal A broad search looks at rows of thousands of models: of 2 MiB the next one would find none again. */
export const READ_CACHE_BYTES: number = 16 * 1024 * 1024;

/** @internal */
export interface OpenIndexDatabase {
  readonly sqlite: Sqlite;
  readonly path: string;
  readonly readOnly: boolean;
  readonly journal: 'auto' | 'rollback' | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
}

/** @internal An index database, and where a damaged one went that had its name. */
export interface OpenedIndexDatabase {
  readonly database: SqliteDatabase;
  readonly setAside: string | null;
  /** Whether a rebuild was ever finished in it. */
  readonly rebuilt: boolean;
}

/**
 * @internal Opens the file. A damaged one makes place for an empty one: under a lock and after another look, because
 * several processes may find it at once.
 */
export async function openIndexDatabase(options: OpenIndexDatabase): Promise<OpenedIndexDatabase> {
  try {
    return { ...(await openChecked(options)), setAside: null };
  } catch (error) {
    if (options.readOnly || !isModelkeepError(error, 'sqlite.corrupt')) throw error;
    options.logger.warn('the index of the library is damaged: it is made anew', {
      path: options.path,
      error: error.message,
    });
  }
  const lock = await options.sqlite.acquireLock(`${options.path}.lock`, { signal: options.signal });
  try {
    try {
      return { ...(await openChecked(options)), setAside: null };
    } catch (error) {
      if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    }
    const moved = await setAside(options.path, { signal: options.signal });
    return { ...(await openChecked(options)), setAside: moved };
  } finally {
    await lock.release();
  }
}

async function openChecked({
  sqlite,
  path,
  readOnly,
  journal,
  signal,
}: OpenIndexDatabase): Promise<Omit<OpenedIndexDatabase, 'setAside'>> {
  const { fts5, driver } = await sqlite.facts({ signal });
  if (!fts5) {
    throw new ModelkeepError('sqlite.unsupported', {
      message: `the SQLite of ${driver} has no full-text search`,
      facts: { driver, missing: 'fts5' },
      hint: 'use Node 22.23.3 or newer, or another driver module',
    });
  }
  const database = await sqlite.open({
    path,
    readOnly,
    journal,
    migrations: [indexMigration],
    readCacheBytes: READ_CACHE_BYTES,
    signal,
  });
  try {
    await checkSchema(database, signal);
    const rebuilt = await database.get("select value from facts where name = 'rebuilt'", [], { signal });
    return { database, rebuilt: rebuilt !== undefined };
  } catch (error) {
    await database.close();
    throw error;
  }
}
