import type { SqlParams, SqlResult, SqlRow, SqlStatement } from './sql-values.ts';

/** What goes with a call. */
export interface SqliteCallOptions {
  /** Gives up: work that waits (in the queue, or for a lock) ends; a single statement that runs is not cut short. */
  readonly signal?: AbortSignal | undefined;
}

/** What goes with a transaction. */
export interface TransactionOptions extends SqliteCallOptions {
  /**
   * The statements write temporary tables only: no lock on the file is taken. The tables belong to this database object
   * and are seen by its other transactions, not by its reads. @default false
   */
  readonly temporary?: boolean | undefined;
}

/**
 * An open database. Its reads and its writes go through connections of their own, in worker threads: a read never waits
 * behind a long write of this process, and it sees what was committed before it started.
 *
 * Besides the codes named below, every call may throw `sqlite.failed`, `sqlite.corrupt`, `sqlite.locked` (another
 * connection was in the way for `busyTimeoutMs`), `io.disk-full`, `io.read-only`, `core.closed`, `workers.died` (a
 * transaction that was running may or may not have been committed) and `signal.reason`.
 */
export interface SqliteDatabase extends AsyncDisposable {
  readonly path: string;
  /** The journal mode that the file has: `wal`, `delete`, … */
  readonly journal: string;
  /** The file is on a read-only drive and its journal holds changes that cannot be read there. */
  readonly possiblyStale: boolean;
  /** All rows of a query. `T` is what the caller knows of its columns; it is not checked. */
  all<T = SqlRow>(sql: string, params?: SqlParams, options?: SqliteCallOptions): Promise<readonly T[]>;
  /** The first row of a query, or undefined. */
  get<T = SqlRow>(sql: string, params?: SqlParams, options?: SqliteCallOptions): Promise<T | undefined>;
  /** One statement that writes, in a transaction of its own. */
  run(sql: string, params?: SqlParams, options?: SqliteCallOptions): Promise<SqlResult>;
  /**
   * Several statements, all or nothing, under the write lock from the start (`begin immediate`).
   *
   * @returns one result per statement
   */
  transaction(statements: readonly SqlStatement[], options?: TransactionOptions): Promise<readonly SqlResult[]>;
  /**
   * Copies the database as it is at one moment, while others may read and write it. Not for one that was opened read-only.
   *
   * @param target - absolute; a file that is there is replaced
   */
  backUp(target: string, options?: SqliteCallOptions): Promise<void>;
  /** Ends what runs and closes the file. Later calls fail with `core.closed`. */
  close(): Promise<void>;
}
