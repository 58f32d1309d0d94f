import type * as NodeSqlite from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { ModelkeepError } from '@modelkeep/core';
import type { SqlRow } from '../sql-values.ts';
import type { DriverConnection, DriverParams, DriverStatement, SqliteDriver } from './sqlite-driver.ts';

/** @internal The name that stands for Node's own SQLite. */
export const nodeSqliteName = 'node:sqlite';

/**
 * @internal Node's own SQLite, loaded when it is first wanted.
 *
 * @throws `sqlite.unsupported` where this Node has none
 */
export function loadNodeSqlite(): SqliteDriver {
  const { DatabaseSync } =
    withoutWarning(() => process.getBuiltinModule('node:sqlite') as typeof NodeSqlite | undefined) ?? missing();
  return {
    name: nodeSqliteName,
    open(path, { readOnly, immutable }): DriverConnection {
      const database = new DatabaseSync(immutable ? immutableUrl(path) : path, {
        readOnly,
        timeout: 0,
        enableForeignKeyConstraints: true,
        enableDoubleQuotedStringLiterals: false,
      });
      return {
        get inTransaction() {
          return database.isTransaction;
        },
        exec: (sql) => database.exec(sql),
        prepare: (sql) => toDriverStatement(database.prepare(sql)),
        close: () => database.close(),
      };
    },
    resultCode(error) {
      const code = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
      return typeof code === 'number' ? code : null;
    },
  };
}

function toDriverStatement(statement: StatementSync): DriverStatement {
  const bind = (params: DriverParams): Parameters<StatementSync['all']> =>
    (Array.isArray(params) ? params : [params]) as Parameters<StatementSync['all']>;
  return {
    returnsRows: statement.columns().length > 0,
    all: (params) => statement.all(...bind(params)).map(toPlainRow),
    get(params) {
      const row = statement.get(...bind(params));
      return row === undefined ? undefined : toPlainRow(row);
    },
    run: (params) => ({ changes: Number(statement.run(...bind(params)).changes) }),
  };
}

/** Node gives rows without a prototype; what crosses from a worker has one. */
function toPlainRow(row: SqlRow): SqlRow {
  return { ...row };
}

function immutableUrl(path: string): string {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return url.href;
}

/** Node 22 warns that SQLite is experimental. In a worker of ours that is no news to anybody; elsewhere it is kept. */
function withoutWarning<T>(load: () => T): T {
  if (isMainThread) return load();
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  if (original === undefined) return load();
  const emitWarning = original.value as (...values: unknown[]) => void;
  const value = (...values: unknown[]): void => {
    if (values[1] === 'ExperimentalWarning' && String(values[0]).startsWith('SQLite')) return;
    Reflect.apply(emitWarning, process, values);
  };
  Object.defineProperty(process, 'emitWarning', { ...original, value });
  try {
    return load();
  } finally {
    Object.defineProperty(process, 'emitWarning', original);
  }
}

function missing(): never {
  throw new ModelkeepError('sqlite.unsupported', {
    message: `Node ${process.versions.node} has no node:sqlite`,
    facts: { driver: nodeSqliteName, missing: 'node:sqlite' },
    hint: 'use Node 22.23.3 or newer, or pass a driver module',
  });
}
