import type { Clock } from '@modelkeep/core';
import type { PoolClient } from 'pg';

/** What is made again, or is no business of a copy: tokens are copied without what is secret. */
const LEFT_OUT = new Set(['marks', 'jobs_changes']);

/** A schema of that name is there, or was made meanwhile. */
const TAKEN = new Set(['42P06', '23505']);

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
  const copy = await createSchema(client, `${schema}_${time}`);
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

/** Others may make one at the same moment, which no snapshot shows. @returns its name */
async function createSchema(client: PoolClient, wanted: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? wanted : `${wanted}_${attempt}`;
    await client.query('savepoint naming');
    try {
      await client.query(`create schema ${name}`);
      return name;
    } catch (error) {
      if (!TAKEN.has(sqlStateOf(error))) throw error;
      await client.query('rollback to savepoint naming');
    }
  }
}

function sqlStateOf(error: unknown): string {
  return (error as { readonly code?: string }).code ?? '';
}
