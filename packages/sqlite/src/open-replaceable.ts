import { randomBytes } from 'node:crypto';
import { isModelkeepError, ModelkeepError, systemClock, type Clock } from '@modelkeep/core';
import type { Sqlite } from './create-sqlite.ts';
import type { OpenDatabaseOptions } from './open-options.ts';
import { setAside, timestamp } from './set-aside.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** How a database is opened whose content can be had again, or done without. */
export interface OpenReplaceableOptions extends Omit<OpenDatabaseOptions, 'backUpTo' | 'readOnly'> {
  readonly sqlite: Sqlite;
  /** Is told where a damaged file is now; null where it was gone. */
  readonly onSetAside: (aside: string | null) => void;
  /** Looks through the whole file: a call has met damage. @default false */
  readonly thorough?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Opens a database. Schemas that are there are changed after a copy to {@link backupName}; a damaged file is set aside, and a
 * new one begun, by one of the processes that open it at once.
 *
 * @throws as `open` does, but for `sqlite.corrupt`, and as {@link setAside}
 */
export async function openReplaceable(options: OpenReplaceableOptions): Promise<SqliteDatabase> {
  try {
    return await openWhole(options);
  } catch (error) {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    return replace(options);
  }
}

/** Where a copy of a database goes: beside it, under a name that sorts by time and that nobody else takes at the same time. */
export function backupName(path: string, clock: Clock): string {
  return `${path}.backup-${timestamp(clock)}-${randomBytes(3).toString('hex')}`;
}

async function openWhole(options: OpenReplaceableOptions): Promise<SqliteDatabase> {
  const { sqlite, path, thorough = false, clock = systemClock } = options;
  const database = await sqlite.open({ ...options, backUpTo: backupName(path, clock) });
  if (!thorough) return database;
  try {
    const found = await database.get<{ quick_check: string }>('pragma quick_check(1)');
    if (found?.quick_check === 'ok') return database;
    throw new ModelkeepError('sqlite.corrupt', { message: `${path}: ${found?.quick_check}`, facts: { path } });
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function replace(options: OpenReplaceableOptions): Promise<SqliteDatabase> {
  const { sqlite, path, onSetAside, clock = systemClock } = options;
  const lock = await sqlite.acquireLock(`${path}-mend.lock`);
  try {
    return await openWhole(options);
  } catch (error) {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    onSetAside(await setAside(path, { clock }));
    return await openWhole({ ...options, thorough: false });
  } finally {
    await lock.release();
  }
}
