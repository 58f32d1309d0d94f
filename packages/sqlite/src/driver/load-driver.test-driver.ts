import { loadNodeSqlite } from './node-sqlite.ts';
import type { SqliteDriver } from './sqlite-driver.ts';

/** A driver module as a caller would write it. */
export const sqliteDriver: SqliteDriver = { ...loadNodeSqlite(), name: 'my-driver' };
