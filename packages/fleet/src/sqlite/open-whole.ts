import { isModelkeepError, type Clock, type Logger } from '@modelkeep/core';
import { backupName, setAside, type Migration, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { fleetMigrations } from './fleet-migrations.ts';

/** @internal */
export interface OpenStateFileOptions {
  readonly sqlite: Sqlite;
  /** Absolute. */
  readonly path: string;
  readonly readOnly: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

const migrations: readonly Migration[] = [fleetMigrations];
/** A column of each table that no index covers. */
const PROBES = [
  ['facts', 'value'],
  ['changes', 'seq + length(key)'],
  ['declared', 'declaration'],
  ['manifest', 'at'],
  ['progress', 'started_at'],
  ['repos', 'registered_at'],
  ['artifacts', 'status'],
  ['tokens', 'set_at'],
] as const;

/**
 * @internal Opens the file, with tables that can be read to their ends. A damaged one is set aside: what apps declare they
 * declare again, and no model is touched by it.
 */
export async function openWhole(options: OpenStateFileOptions): Promise<SqliteDatabase> {
  try {
    return await openAndRead(options);
  } catch (error) {
    if (options.readOnly || !isModelkeepError(error, 'sqlite.corrupt')) throw error;
    return mend(options);
  }
}

async function openAndRead({ sqlite, path, readOnly, clock }: OpenStateFileOptions): Promise<SqliteDatabase> {
  const backUpTo = readOnly ? null : backupName(path, clock);
  const database = await sqlite.open({ path, migrations, readOnly, backUpTo });
  try {
    // Adding up a value of each row reads every page of a table.
    for (const [table, column] of PROBES) await database.get(`select sum(length(${column})) from fleet_${table}`);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** One process does it; the others find it done. */
async function mend(options: OpenStateFileOptions): Promise<SqliteDatabase> {
  const { sqlite, path, logger } = options;
  const lock = await sqlite.acquireLock(`${path}-mend.lock`);
  try {
    return await openAndRead(options);
  } catch (error) {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    const aside = await setAside(path);
    logger.warn(
      'the state of this machine was damaged: what was declared, and which links into apps are ours, is no longer known',
      { aside },
    );
    return await openAndRead(options);
  } finally {
    await lock.release();
  }
}
