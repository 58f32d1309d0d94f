import type { Logger } from '@modelkeep/core';
import { createWorkerPool, type Tasks } from '@modelkeep/workers';
import { acquireLockIn, type AcquireLockOptions, type SqliteLock } from './acquire-lock.ts';
import { nodeSqliteName } from './driver/node-sqlite.ts';
import { claimDriver } from './one-driver.ts';
import { openDatabase } from './open-database.ts';
import type { OpenDatabaseOptions } from './open-options.ts';
import type { SqliteCallOptions, SqliteDatabase } from './sqlite-database.ts';
import { workerCode } from './worker-code.ts';

/** How SQLite is run. */
export interface SqliteOptions {
  /**
   * The URL of a module that exports a `SqliteDriver` as `sqliteDriver`, or `node:sqlite`. It is imported in the
   * workers. One driver at a time in a process. @default 'node:sqlite'
   */
  readonly driver?: string | undefined;
  /** `in-thread` runs everything on the calling thread, which it blocks. @default 'worker' */
  readonly mode?: 'worker' | 'in-thread' | undefined;
  /** Worker threads at most. Databases and locks are spread over them. @default 2 */
  readonly size?: number | undefined;
  /** A file to start as the worker, for embedders that ship its code themselves. */
  readonly workerUrl?: URL | undefined;
  readonly logger?: Logger | undefined;
}

/** What the driver can do. */
export interface SqliteFacts {
  readonly driver: string;
  /** SQLite's version, such as `3.53.4`. */
  readonly version: string;
  /** Whether full-text search is there. */
  readonly fts5: boolean;
  /** Whether the write-ahead log can be trusted (3.51.3 or newer); new files get a rollback journal otherwise. */
  readonly walSafe: boolean;
}

/** SQLite for one application: the worker threads, and what is open in them. */
export interface Sqlite extends AsyncDisposable {
  /**
   * Opens (or creates) a database and brings its schemas up to date.
   *
   * @throws `sqlite.corrupt`, `sqlite.schema-newer`, `sqlite.schema-older` (read-only), `sqlite.unsupported`,
   * `sqlite.locked`, `io.not-found`, `io.permission`, `io.read-only`, `io.disk-full`, `core.invalid-argument`
   */
  open(options: OpenDatabaseOptions): Promise<SqliteDatabase>;
  /**
   * Takes a lock that any process of this machine can take: the write lock of a small database file that stays empty. The
   * system frees it when the process ends, however it ends. Not for network file systems.
   *
   * @param path - absolute; the file is created and never deleted, its folder has to be there
   * @throws `sqlite.locked` after `timeoutMs`, `signal.reason`, `sqlite.corrupt` when the file is something else
   *
   * @example
   * ```ts
   * import type { Sqlite } from '@modelkeep/sqlite';
   *
   * export async function withLock(sqlite: Sqlite, work: () => Promise<void>): Promise<void> {
   *   const lock = await sqlite.acquireLock('/data/models/.modelkeep/locks/a3.db', { timeoutMs: 5_000 });
   *   try {
   *     await work();
   *   } finally {
   *     await lock.release();
   *   }
   * }
   * ```
   */
  acquireLock(path: string, options?: AcquireLockOptions): Promise<SqliteLock>;
  facts(options?: SqliteCallOptions): Promise<SqliteFacts>;
  /** Closes all databases, frees all locks, ends the threads. */
  close(): Promise<void>;
}

/**
 * Starts nothing yet: the threads start with the first call.
 *
 * @throws `core.invalid-argument` while another driver is in use in this process
 */
export function createSqlite(options: SqliteOptions = {}): Sqlite {
  const { driver = nodeSqliteName } = options;
  const releaseDriver = claimDriver(driver);
  let tasks: Promise<Tasks> | undefined;
  const pool = createWorkerPool({
    name: 'sqlite',
    entry: { code: workerCode, url: () => new URL('./worker-entry.ts', import.meta.url) },
    inThread: () => (tasks ??= import('./worker/tasks.ts').then(({ createSqliteTasks }) => createSqliteTasks())),
    size: options.size ?? 2,
    mode: options.mode,
    workerUrl: options.workerUrl,
    logger: options.logger,
  });
  const databases = new Set<SqliteDatabase>();
  const locks = new Set<SqliteLock>();

  const close = async (): Promise<void> => {
    await Promise.all([...databases].map((database) => database.close()));
    await Promise.all([...locks].map((lock) => lock.release()));
    await pool.close();
    releaseDriver();
  };
  return {
    async open(openOptions) {
      const database = await openDatabase(openOptions, { pool, driver, onClose: (it) => databases.delete(it) });
      databases.add(database);
      return database;
    },
    async acquireLock(path, lockOptions = {}) {
      const held = await acquireLockIn(pool, { ...lockOptions, path, driver });
      const release = async (): Promise<void> => {
        locks.delete(lock);
        await held.release();
      };
      const lock: SqliteLock = { release, [Symbol.asyncDispose]: release };
      locks.add(lock);
      return lock;
    },
    facts: (call = {}) => pool.run<SqliteFacts>('facts', { driver }, { signal: call.signal }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
