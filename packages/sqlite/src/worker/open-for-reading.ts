import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DriverConnection } from '../driver/sqlite-driver.ts';
import { hasNoRoom } from '../errors/disk-full.ts';
import { primaryCode, resultCodes } from '../errors/result-codes.ts';
import { retryWhileBusy, type BusyWait } from './retry-while-busy.ts';

/**
 * @internal Opens a file that is not to be changed. A WAL database wants to make files beside itself even to be read.
 * Where it cannot, it is opened as an immutable file; what a left-over journal holds is then not seen.
 */
export async function openForReading(wait: BusyWait): Promise<{ database: DriverConnection; possiblyStale: boolean }> {
  const { driver, path } = wait;
  try {
    return { database: await openAndProbe(wait, false), possiblyStale: false };
  } catch (error) {
    const code = driver.resultCode(error);
    const mayBeFolder =
      code !== null && [resultCodes.cannotOpen, resultCodes.readOnly].some((it) => it === primaryCode(code));
    if (!mayBeFolder || sizeOf(path) === null || (isWritable(dirname(path)) && !hasNoRoom(path))) throw error;
    const possiblyStale = (sizeOf(`${path}-wal`) ?? 0) > 0 || (sizeOf(`${path}-journal`) ?? 0) > 0;
    return { database: await openAndProbe(wait, true), possiblyStale };
  }
}

/** Opening alone reads nothing: what stands in the way shows with the first read. */
async function openAndProbe(wait: BusyWait, immutable: boolean): Promise<DriverConnection> {
  const database = wait.driver.open(wait.path, { readOnly: true, immutable });
  try {
    await retryWhileBusy(() => database.prepare('select count(*) from sqlite_schema').get([]), wait);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // Whatever the reason is, this process cannot make a file there.
    return false;
  }
}
