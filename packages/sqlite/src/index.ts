export type { AcquireLockOptions, SqliteLock } from './acquire-lock.ts';
export { createSqlite, type Sqlite, type SqliteFacts, type SqliteOptions } from './create-sqlite.ts';
export type {
  DriverConnection,
  DriverOpenOptions,
  DriverParams,
  DriverStatement,
  DriverValue,
  SqliteDriver,
} from './driver/sqlite-driver.ts';
export type { Migration } from './migrations.ts';
export type { OpenDatabaseOptions } from './open-options.ts';
export { backupName, openReplaceable, type OpenReplaceableOptions } from './open-replaceable.ts';
export { openSqlite, type OpenSqliteOptions } from './open-sqlite.ts';
export { setAside, type SetAsideOptions } from './set-aside.ts';
export type { SqlParams, SqlResult, SqlRow, SqlStatement, SqlValue } from './sql-values.ts';
export type { SqliteCallOptions, SqliteDatabase, TransactionOptions } from './sqlite-database.ts';
