import { ModelkeepError } from '@modelkeep/core';
import { loadNodeSqlite, nodeSqliteName } from './node-sqlite.ts';
import type { SqliteDriver } from './sqlite-driver.ts';

/**
 * @internal Finds a driver by its name.
 *
 * @param specifier - `node:sqlite`, or a module that exports `sqliteDriver`
 * @throws `sqlite.unsupported` when the module cannot be loaded or exports no driver
 */
export async function loadDriver(specifier: string): Promise<SqliteDriver> {
  if (specifier === nodeSqliteName) return loadNodeSqlite();
  let exported: unknown;
  try {
    exported = (await import(specifier)) as unknown;
  } catch (error) {
    throw new ModelkeepError('sqlite.unsupported', {
      message: `the SQLite driver "${specifier}" cannot be loaded: ${String(error)}`,
      facts: { driver: specifier, missing: 'module' },
      hint: "pass an absolute URL, such as import.meta.resolve('./my-driver.js')",
      cause: error,
    });
  }
  const { sqliteDriver } = exported as { sqliteDriver?: unknown };
  if (isDriver(sqliteDriver)) return sqliteDriver;
  throw new ModelkeepError('sqlite.unsupported', {
    message: `the module "${specifier}" exports no sqliteDriver`,
    facts: { driver: specifier, missing: 'sqliteDriver' },
    hint: 'a driver module wraps a SQLite binding and exports it as sqliteDriver (see SqliteDriver)',
  });
}

function isDriver(value: unknown): value is SqliteDriver {
  if (typeof value !== 'object' || value === null) return false;
  const driver = value as Partial<Record<keyof SqliteDriver, unknown>>;
  return (
    typeof driver.name === 'string' && typeof driver.open === 'function' && typeof driver.resultCode === 'function'
  );
}
