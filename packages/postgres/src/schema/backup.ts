import type { Clock } from '@modelkeep/core';
import type { PoolClient } from 'pg';

/** What is made again, or is no business of a copy: tokens are copied without what is secret. */
const LEFT_OUT = new Set(['marks', 'jobs_changes']);

/** @internal What a copy is made of. */
export interface BackupOptions {
  readonly schema: string;
  readonly clock: Clock;
}

/**
 * @internal Copies the tables into a schema of their own that is called by the time. Runs in the caller's transaction,
 * which has to be `repeatable read` or under the lock of the migrations.
 *
 * @returns the name of the schema
 */
export async function copyTables(client: PoolClient, { schema, clock }: BackupOptions): Promise<string> {
  const time = new Date(clock.now()).toISOString().replaceAll(/[-:.TZ]/g, '');
  const copy = await freeName(client, `${schema}_${time}`);
  await client.query(`create schema ${copy}`);
  const { rows } = await client.query<{ name: string }>(
    'select tablename as name from pg_tables where schemaname = $1 order by 1',
    [schema],
  );
  for (const { name } of rows) {
    if (LEFT_OUT.has(name)) continue;
    await client.query(`create table ${copy}.${name} as table ${schema}.${name}`);
    if (name === 'tokens') await client.query(`alter table ${copy}.tokens drop column sealed`);
  }
  return copy;
}

async function freeName(client: PoolClient, wanted: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? wanted : `${wanted}_${attempt}`;
    const { rows } = await client.query('select 1 from pg_namespace where nspname = $1', [name]);
    if (rows.length === 0) return name;
  }
}
