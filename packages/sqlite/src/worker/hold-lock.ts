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
 * file stays empty, so there is no journal that a killed holder could leave behind.
 */
export async function holdLock(input: LockInput, driver: SqliteDriver, signal: AbortSignal): Promise<Connection> {
  const { path, timeoutMs } = input;
  const database = driver.open(path, { readOnly: false, immutable: false });
  const connection = createConnection({ path, driver, database, busyTimeoutMs: timeoutMs });
  try {
    await retryWhileBusy(() => database.exec('begin immediate'), { driver, path, timeoutMs, signal });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
