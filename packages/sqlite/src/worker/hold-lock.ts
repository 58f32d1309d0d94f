import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { createConnection, type Connection } from './connection.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

/** @internal */
export interface LockInput {
  readonly path: string;
  readonly driver: string;
  readonly timeoutMs: number;
}

/**
 * @internal Takes the write lock of a database and keeps it until the connection is closed. Nothing is ever written: the
 * file stays empty and its journal is in memory, so that a killed holder leaves none, and a full drive is no hindrance.
 */
export async function holdLock(input: LockInput, driver: SqliteDriver, signal: AbortSignal): Promise<Connection> {
  const { path, timeoutMs } = input;
  const database = driver.open(path, { readOnly: false, immutable: false });
  const connection = createConnection({ path, driver, database, busyTimeoutMs: timeoutMs });
  try {
    await retryWhileBusy(() => database.exec('pragma journal_mode = memory; begin immediate'), {
      driver,
      path,
      timeoutMs,
      signal,
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
