import type { TaskContext, Tasks } from '@modelkeep/workers';
import { ModelkeepError } from '@modelkeep/core';
import { toDriverParams } from '../driver/bindable-value.ts';
import { loadDriver } from '../driver/load-driver.ts';
import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { translateSqliteError, type FailedDatabase } from '../errors/translate-error.ts';
import type { SqlParams, SqlResult, SqlRow, SqlStatement } from '../sql-values.ts';
import { backUp } from './back-up.ts';
import type { Connection } from './connection.ts';
import { holdLock, type LockInput } from './hold-lock.ts';
import { isWalSafe, sqliteVersion } from './journal-mode.ts';
import { openConnection, type OpenInput } from './open-connection.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import { runTransaction } from './run-transaction.ts';

/** @internal */
export interface QueryInput {
  readonly connectionId: number;
  readonly sql: string;
  readonly params: SqlParams | undefined;
  readonly first: boolean;
}

/** @internal */
export interface TransactionInput {
  readonly connectionId: number;
  readonly statements: readonly SqlStatement[];
  readonly temporary: boolean;
}

/** @internal What {@link createSqliteTasks}' `open` answers. */
export interface OpenOutput {
  readonly connectionId: number;
  readonly journal: string;
  readonly possiblyStale: boolean;
}

/** @internal What `facts` answers. */
export interface FactsOutput {
  readonly driver: string;
  readonly version: string;
  readonly fts5: boolean;
  readonly walSafe: boolean;
}

/** @internal The worker's side: the connections live here, by number. */
export function createSqliteTasks(): Tasks {
  const drivers = new Map<string, Promise<SqliteDriver>>();
  const connections = new Map<number, Connection>();
  let nextId = 1;

  const driverOf = (specifier: string): Promise<SqliteDriver> => {
    const known = drivers.get(specifier) ?? loadDriver(specifier);
    drivers.set(specifier, known);
    return known;
  };
  const keep = (connection: Connection): number => {
    const connectionId = nextId++;
    connections.set(connectionId, connection);
    return connectionId;
  };
  const connectionOf = (connectionId: number): Connection => {
    const connection = connections.get(connectionId);
    if (connection !== undefined) return connection;
    throw new ModelkeepError('core.closed', { message: 'the database is closed', facts: { resource: 'database' } });
  };
  const withConnection = async <T>(
    id: number,
    context: TaskContext,
    work: (it: Connection) => Promise<T>,
  ): Promise<T> => {
    const connection = connectionOf(id);
    throwIfCancelled(context);
    return translated(() => work(connection), connection);
  };

  return {
    open: async (input: OpenInput, context): Promise<OpenOutput> => {
      const driver = await driverOf(input.driver);
      const { path } = input;
      const at = { driver, path, readOnly: input.role === 'read-only' };
      const opened = await translated(() => openConnection(input, driver, context.signal), at);
      return { connectionId: keep(opened.connection), journal: opened.journal, possiblyStale: opened.possiblyStale };
    },
    lock: async (input: LockInput, context): Promise<number> => {
      const driver = await driverOf(input.driver);
      return keep(await translated(() => holdLock(input, driver, context.signal), { driver, path: input.path }));
    },
    query: (input: QueryInput, context): Promise<readonly SqlRow[]> =>
      withConnection(input.connectionId, context, (connection) => query(connection, input, context.signal)),
    transaction: (input: TransactionInput, context): Promise<SqlResult[]> =>
      withConnection(input.connectionId, context, (connection) =>
        runTransaction(connection, input.statements, {
          temporary: input.temporary,
          signal: context.signal,
          throwIfCancelled: () => throwIfCancelled(context),
        }),
      ),
    backUp: ({ connectionId, target }: { connectionId: number; target: string }, context): Promise<void> =>
      withConnection(connectionId, context, (connection) => backUp(connection, target, context.signal)),
    close: async ({ connectionId }: { connectionId: number }): Promise<void> => {
      const connection = connections.get(connectionId);
      connections.delete(connectionId);
      await connection?.inTurn(async () => connection.close());
    },
    facts: async (input: { driver: string }): Promise<FactsOutput> => facts(await driverOf(input.driver)),
  };
}

async function query(connection: Connection, input: QueryInput, signal: AbortSignal): Promise<readonly SqlRow[]> {
  const { driver, path, busyTimeoutMs } = connection;
  const statement = await retryWhileBusy(() => connection.statement(input.sql), {
    driver,
    path,
    timeoutMs: busyTimeoutMs,
    signal,
  });
  const params = toDriverParams(input.params);
  const read = (): readonly SqlRow[] => {
    if (!input.first) return statement.all(params);
    const row = statement.get(params);
    return row === undefined ? [] : [row];
  };
  return retryWhileBusy(read, { driver, path, timeoutMs: busyTimeoutMs, signal });
}

function facts(driver: SqliteDriver): FactsOutput {
  const database = driver.open(':memory:', { readOnly: false, immutable: false });
  try {
    const version = sqliteVersion(database);
    const fts5 = database.prepare("select 1 from pragma_module_list where name = 'fts5'").get([]) !== undefined;
    return { driver: driver.name, version, fts5, walSafe: isWalSafe(version) };
  } finally {
    database.close();
  }
}

/** The flag is set at once, the signal of an asynchronous task only when its thread gets to the message. */
function throwIfCancelled(context: TaskContext): void {
  if (context.isCancelled()) throw new Error('given up by the caller');
}

async function translated<T>(work: () => Promise<T>, at: FailedDatabase): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateSqliteError(error, at);
  }
}
