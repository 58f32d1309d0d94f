import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Connection } from './connection.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

/**
 * @internal Copies a database as it is at one moment, while others read and write it. The copy has its name only when it
 * is whole and on the drive.
 */
export function backUp(connection: Connection, target: string, signal: AbortSignal): Promise<void> {
  const { database, driver, path, busyTimeoutMs } = connection;
  const part = `${target}.part`;
  return connection.inTurn(async () => {
    try {
      rmSync(part, { force: true });
      const statement = database.prepare('vacuum into ?');
      await retryWhileBusy(() => statement.run([part]), { driver, path, timeoutMs: busyTimeoutMs, signal });
      const file = openSync(part, 'r');
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(part, target);
    } finally {
      rmSync(part, { force: true });
    }
  });
}
