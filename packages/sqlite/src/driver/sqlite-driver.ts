import type { SqlRow } from '../sql-values.ts';

/** A value that every driver takes as it is. */
export type DriverValue = string | number | bigint | Uint8Array | null;

/** Values by place, or by bare name. */
export type DriverParams = readonly DriverValue[] | Readonly<Record<string, DriverValue>>;

/** A prepared statement. */
export interface DriverStatement {
  /** Whether the statement gives rows (`select`, `pragma`, `returning`). */
  readonly returnsRows: boolean;
  all(params: DriverParams): SqlRow[];
  get(params: DriverParams): SqlRow | undefined;
  run(params: DriverParams): { readonly changes: number };
}

/** An open connection. Every call blocks its thread, and none waits for a lock. */
export interface DriverConnection {
  /** Whether a transaction is open: SQLite ends one by itself after some errors. */
  readonly inTransaction: boolean;
  /** Runs any number of statements and gives nothing back. */
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}

/** How a driver opens a file. */
export interface DriverOpenOptions {
  readonly readOnly: boolean;
  /** The file cannot change: open it without locks and without looking at its journal (`?immutable=1`). */
  readonly immutable: boolean;
}

/**
 * What modelkeep needs of a SQLite binding. A driver module exports one as `sqliteDriver`.
 *
 * All SQLite files of a process have to go through one driver: two copies of SQLite in one process drop each other's
 * file locks.
 */
export interface SqliteDriver {
  /** For messages and for `sqliteFacts`. */
  readonly name: string;
  /**
   * Opens or (unless `readOnly`) creates a database, with a busy timeout of 0.
   *
   * @param path - an absolute path, or `:memory:`
   */
  open(path: string, options: DriverOpenOptions): DriverConnection;
  /** SQLite's result code of an error that the driver threw, such as 5 or 517; null for any other error. */
  resultCode(error: unknown): number | null;
}
