import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { WorkerPool } from '@modelkeep/workers';
import { checkDatabasePath } from './check-path.ts';
import { createDatabaseRole } from './database-role.ts';
import { checkMigrations } from './migrations.ts';
import type { OpenDatabaseOptions } from './open-options.ts';
import type { SqlParams, SqlResult, SqlRow, SqlStatement } from './sql-values.ts';
import type { SqliteCallOptions, SqliteDatabase, TransactionOptions } from './sqlite-database.ts';
import type { OpenInput } from './worker/open-connection.ts';

/** @internal */
export interface OpenDatabaseContext {
  readonly pool: WorkerPool;
  readonly driver: string;
  readonly onClose: (database: SqliteDatabase) => void;
}

/** @internal Opens the writing connection (or the read-only one); the reading one follows with the first read. */
export async function openDatabase(
  options: OpenDatabaseOptions,
  context: OpenDatabaseContext,
): Promise<SqliteDatabase> {
  const { path, migrations = [], readOnly = false, journal = 'auto', synchronous = 'normal' } = options;
  checkDatabasePath(path);
  checkMigrations(migrations);
  const { busyTimeoutMs = 30_000, readCacheBytes = null, signal } = options;
  const backUpTo = options.backUpTo ?? null;
  if (backUpTo !== null) checkDatabasePath(backUpTo);
  const shared = { path, backUpTo, driver: context.driver, journal, synchronous, readCacheBytes, busyTimeoutMs };
  const role = (of: OpenInput['role'], steps = migrations): ReturnType<typeof createDatabaseRole> =>
    createDatabaseRole(context.pool, { ...shared, role: of, migrations: steps });
  const reader = readOnly ? role('read-only') : role('reader', []);
  const writer = readOnly ? null : role('writer');
  const opened = await (writer ?? reader).open(signal);
  let closed = false;

  const read = async <T>(
    query: { sql: string; params: SqlParams | undefined; first: boolean },
    call: SqliteCallOptions = {},
  ) => {
    if (closed) throw closedError(path);
    try {
      return await reader.call<readonly T[]>('query', query, { signal: call.signal });
    } catch (error) {
      throw writer !== null && isModelkeepError(error, 'io.read-only') ? writesInQuery(query.sql, error) : error;
    }
  };
  const transaction = async (
    statements: readonly SqlStatement[],
    call: TransactionOptions = {},
  ): Promise<readonly SqlResult[]> => {
    if (closed) throw closedError(path);
    if (writer === null) throw openedReadOnly(path);
    return writer.call<readonly SqlResult[]>(
      'transaction',
      { statements, temporary: call.temporary ?? false },
      { signal: call.signal },
    );
  };
  const database: SqliteDatabase = {
    path,
    journal: opened.journal,
    possiblyStale: opened.possiblyStale,
    all: <T = SqlRow>(sql: string, params?: SqlParams, call?: SqliteCallOptions) =>
      read<T>({ sql, params, first: false }, call),
    get: async <T = SqlRow>(sql: string, params?: SqlParams, call?: SqliteCallOptions) =>
      (await read<T>({ sql, params, first: true }, call))[0],
    async run(sql, params, call) {
      const [result] = await transaction([{ sql, params }], call);
      return result ?? { changes: 0, rows: [] };
    },
    transaction,
    async backUp(target, call = {}) {
      if (closed) throw closedError(path);
      if (writer === null) throw openedReadOnly(path);
      checkDatabasePath(target);
      await writer.call('backUp', { target }, { signal: call.signal });
    },
    async close() {
      if (closed) return;
      closed = true;
      context.onClose(database);
      // One after the other: the last one to close moves the journal into the file, and has to be alone for that.
      await reader.close();
      await writer?.close();
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
  return database;
}

function closedError(path: string): ModelkeepError {
  return new ModelkeepError('core.closed', { message: `the database ${path} is closed`, facts: { resource: path } });
}

function openedReadOnly(path: string): ModelkeepError {
  return new ModelkeepError('io.read-only', {
    message: `the database ${path} was opened read-only`,
    facts: { path },
    hint: 'open it without readOnly to write',
  });
}

function writesInQuery(sql: string, cause: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'a statement that writes was passed to all() or get()',
    facts: { argument: 'sql', found: sql },
    hint: 'pass it to run() or transaction()',
    cause,
  });
}
