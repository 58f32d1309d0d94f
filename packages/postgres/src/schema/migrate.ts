import { ModelkeepError, type Clock } from '@modelkeep/core';
import type { PoolClient } from 'pg';
import { inTransaction } from '../connection/in-transaction.ts';
import type { PostgresConnection } from '../connection/postgres-connection.ts';
import { copyTables } from './backup.ts';
import { steps as ownSteps } from './steps.ts';

const OLDEST_SERVER = 130_000;

/** @internal */
export interface MigrateOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** @default those of this version */
  readonly steps?: readonly string[] | undefined;
}

/** @internal What a migration did. */
export interface MigrationReport {
  /** The schema that has the tables as they were; null where nothing was changed, or nothing was there. */
  readonly backup: string | null;
}

/**
 * @internal Makes the tables, or brings them up to date, after a copy of them: all or nothing, and one process at a time.
 *
 * @throws `postgres.schema-newer` (nothing is changed), `postgres.unsupported`, `postgres.denied`
 */
export function migrate(connection: PostgresConnection, options: MigrateOptions): Promise<MigrationReport> {
  const { clock, signal, steps = ownSteps } = options;
  const { pool, schema, url, logger } = connection;
  return connection.run(async () => {
    const found = await readVersion(pool, schema);
    await checkServer(connection);
    if (found === steps.length) return { backup: null };
    return inTransaction(pool, async (client) => {
      await client.query('set local statement_timeout = 0');
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`modelkeep migrates ${schema}`]);
      const version = await readVersion(client, schema);
      if (version > steps.length) throw tooNew(connection, version, steps.length);
      if (version === steps.length) return { backup: null };
      const backup = version === 0 ? null : await copyTables(client, { schema, clock });
      await client.query(`create schema if not exists ${schema}`);
      await client.query(`create table if not exists ${schema}.modelkeep_version (version int not null)`);
      for (const step of steps.slice(version)) await client.query(step.replaceAll('{s}', schema));
      await client.query(`delete from ${schema}.modelkeep_version`);
      await client.query(`insert into ${schema}.modelkeep_version values ($1)`, [steps.length]);
      logger.info('the tables were brought up to date', { url, schema, from: version, to: steps.length, backup });
      return { backup };
    });
  }, signal);
}

/** 0 where there are no tables. */
async function readVersion(client: Pick<PoolClient, 'query'>, schema: string): Promise<number> {
  // A look at the catalogue itself: `to_regclass` may remember that the schema was not there, from before the lock.
  const there = await client.query("select from pg_tables where schemaname = $1 and tablename = 'modelkeep_version'", [
    schema,
  ]);
  if (there.rowCount === 0) return 0;
  const { rows } = await client.query<{ version: number }>(`select version from ${schema}.modelkeep_version`);
  return rows[0]?.version ?? 0;
}

async function checkServer({ pool, url }: PostgresConnection): Promise<void> {
  const { rows } = await pool.query<{ number: string; text: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as text",
  );
  const { number, text } = rows[0] ?? { number: '0', text: '' };
  if (Number(number) >= OLDEST_SERVER) return;
  throw new ModelkeepError('postgres.unsupported', {
    message: `${url} is a Postgres ${text}: 13 or newer is needed`,
    facts: { url, found: text, supported: '13' },
  });
}

function tooNew({ url, schema }: PostgresConnection, found: number, supported: number): ModelkeepError {
  return new ModelkeepError('postgres.schema-newer', {
    message: `the tables in ${url}, schema ${schema}, were made by a newer version`,
    facts: { url, schema, found, supported },
    hint: 'update modelkeep on this machine',
  });
}
