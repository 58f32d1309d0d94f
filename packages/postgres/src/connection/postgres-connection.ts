import { ModelkeepError, silentLogger, type Logger } from '@modelkeep/core';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import type { Pool, QueryResultRow } from 'pg';
import type { Tables } from '../schema/tables.ts';
import { inTransaction } from './in-transaction.ts';
import { openPool } from './open-pool.ts';
import type { PostgresOptions } from './pool-options.ts';
import { createStatements, type Sql } from './statements.ts';
import { toModelkeepError } from './to-modelkeep-error.ts';

/** @internal What the parts of an engine share. */
export interface PostgresConnection {
  readonly pool: Pool;
  /** Redacted. */
  readonly url: string;
  readonly schema: string;
  readonly logger: Logger;
  /** Queries of the schema's tables: through `run` or `transaction`, which make errors of modelkeep of what they throw. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Statements that belong together. What another one was in the way of is done again. */
  transaction<T>(work: (db: Transaction<Tables>) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** One statement. */
  query<Row extends QueryResultRow>(sql: Sql, values?: readonly unknown[], signal?: AbortSignal): Promise<Row[]>;
  /** Several of those, all or nothing. What another one was in the way of is done again. */
  queries<T>(work: (query: Query) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** @internal Runs a statement of a transaction. */
export type Query = <Row extends QueryResultRow>(
  sql: Sql,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly Row[]; readonly count: number }>;

const SCHEMA = /^[a-z_][a-z0-9_]{0,39}$/;
/** A deadlock, a serialisation that failed, or an equal row that another one wrote at the same moment. */
const AGAIN_STATES = new Set(['40P01', '40001', '23505']);
const MOST_ATTEMPTS = 5;

/** @internal @throws `core.invalid-argument` */
export function openConnection(options: PostgresOptions): PostgresConnection {
  const { schema = 'modelkeep', logger = silentLogger } = options;
  if (!SCHEMA.test(schema) || schema.startsWith('pg_')) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `${JSON.stringify(schema)} is no name for a schema`,
      facts: { argument: 'schema', found: schema },
      hint: 'use 1 to 40 lower-case letters, digits and "_"',
    });
  }
  const owned = openPool(options);
  const { pool, url } = owned;
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  const statements = createStatements(schema);
  const againIfInTheWay = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (statements.cannotPrepare(error)) continue;
        if (attempt === MOST_ATTEMPTS || !AGAIN_STATES.has(String((error as { code?: unknown }).code))) throw error;
      }
    }
  };
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const guarded = async <T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    if (closing !== undefined)
      throw new ModelkeepError('core.closed', { message: `${url} was closed`, facts: { resource: url } });
    signal?.throwIfAborted();
    const statement = work();
    running.add(statement);
    void statement.catch(() => {}).finally(() => running.delete(statement));
    try {
      return await unlessAborted(statement, signal);
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) throw error;
      throw toModelkeepError(error, url);
    }
  };
  return {
    pool,
    url,
    schema,
    logger,
    run: (work, signal) => guarded(() => work(db), signal),
    transaction: (work, signal) => guarded(() => againIfInTheWay(() => db.transaction().execute(work)), signal),
    query: (sql, values = [], signal) =>
      guarded(async () => (await againIfInTheWay(() => pool.query(statements.of(sql, values)))).rows, signal),
    queries: (work, signal) =>
      guarded(
        () =>
          againIfInTheWay(() =>
            inTransaction(pool, (client) =>
              work(async (sql, values = []) => {
                const { rows, rowCount } = await client.query(statements.of(sql, values));
                return { rows, count: rowCount ?? 0 };
              }),
            ),
          ),
        signal,
      ),
    close: () =>
      (closing ??= (async () => {
        // A pool that ends lets those wait who wait for a connection.
        await Promise.allSettled(running);
        await owned.end();
      })()),
  };
}

/** The statement itself is left to the server, which ends it after its timeout. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whoever gave up does not hear how it ended.
    work.catch(() => {});
  }
}
