import { ModelkeepError, redactUrl } from '@modelkeep/core';
import { Pool, type PoolClient } from 'pg';
import type { PostgresOptions } from './pool-options.ts';

/** @internal A pool, and whose it is. */
export interface OwnedPool {
  readonly pool: Pool;
  /** Redacted: for messages. */
  readonly url: string;
  /** Ends it, unless it is the caller's. */
  end(): Promise<void>;
}

/**
 * @internal Makes a pool; nothing is connected yet.
 *
 * @throws `core.invalid-argument` without an address, or with two
 */
export function openPool(options: PostgresOptions): OwnedPool {
  const { connectionString, pool: given, logger } = options;
  if ((connectionString === undefined) === (given === undefined)) {
    throw invalid('give a connectionString or a pool, one of them', 'connectionString');
  }
  if (given !== undefined) {
    hearErrors(given);
    return { pool: given, url: urlOf(given), end: async () => {} };
  }
  const address = connectionString ?? '';
  if (!/^postgres(?:ql)?:\/\//.test(address) || !URL.canParse(address)) {
    throw invalid('this is no address of a Postgres', 'connectionString');
  }
  const url = redactUrl(address);
  const pool = new Pool({
    connectionString: address,
    max: options.maxConnections ?? 8,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'modelkeep',
  });
  // Of connections that nobody uses now: the pool makes a new one when it is asked, and who asks says whether it could.
  pool.on('error', (error) => logger?.debug('a connection to the database was cut', { url, reason: error.message }));
  hearErrors(pool);
  return { pool, url, end: () => pool.end() };
}

const heard = new WeakSet<PoolClient>();

/** A connection that is cut while it is in use tells its query, and then everybody: unheard that would end the process. */
function hearErrors(pool: Pool): void {
  pool.on('acquire', (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    client.on('error', () => {});
  });
}

function urlOf({ options }: Pool): string {
  if (options.connectionString !== undefined) return redactUrl(options.connectionString);
  return `postgres://${options.host ?? 'localhost'}:${options.port ?? 5_432}/${options.database ?? ''}`;
}

function invalid(message: string, argument: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    // What was passed may carry a password.
    message,
    facts: { argument },
    hint: 'such as postgres://user:password@host:5432/database',
  });
}
