import { createGivingWay, type GivingWay } from './giving-way.ts';
import type { DriverConnection, DriverStatement, SqliteDriver } from '../driver/sqlite-driver.ts';

const MOST_STATEMENTS = 128;

/** @internal An open connection with what belongs to it. */
export interface Connection {
  readonly path: string;
  readonly driver: SqliteDriver;
  readonly database: DriverConnection;
  readonly busyTimeoutMs: number;
  readonly givingWay: GivingWay;
  /** The statement of this text, prepared once while it is in use. */
  statement(sql: string): DriverStatement;
  /** Runs one piece of work after the other: a transaction is never entered by a second one. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Rolls an open transaction back and closes. Safe to call twice. */
  close(): void;
}

/** @internal */
export interface ConnectionOptions {
  readonly path: string;
  readonly driver: SqliteDriver;
  readonly database: DriverConnection;
  readonly busyTimeoutMs: number;
}

/** @internal */
export function createConnection({ path, driver, database, busyTimeoutMs }: ConnectionOptions): Connection {
  const statements = new Map<string, DriverStatement>();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    path,
    driver,
    database,
    busyTimeoutMs,
    givingWay: createGivingWay(),
    statement(sql) {
      const statement = statements.get(sql) ?? database.prepare(sql);
      statements.delete(sql);
      statements.set(sql, statement);
      if (statements.size > MOST_STATEMENTS) statements.delete(statements.keys().next().value ?? '');
      return statement;
    },
    inTurn(work) {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    close() {
      if (closed) return;
      closed = true;
      statements.clear();
      if (database.inTransaction) database.exec('rollback');
      database.close();
    },
  };
}
