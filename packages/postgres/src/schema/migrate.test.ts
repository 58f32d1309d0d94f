import { systemClock } from '@modelkeep/core';
import { Pool } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openConnection, type PostgresConnection } from '../connection/postgres-connection.ts';
import { openState, usePostgres } from '../postgres.test-helper.ts';
import { migrate } from './migrate.ts';
import { steps } from './steps.ts';

const postgres = usePostgres();

async function connect(): Promise<PostgresConnection & { readonly address: string }> {
  const address = await postgres().createDatabase();
  const connection = openConnection({ connectionString: address });
  onTestFinished(() => connection.close());
  return { ...connection, address };
}

const one = ['create table {s}.a (id int)'];
const two = [...one, 'create table {s}.b (id int); insert into {s}.b values (7)'];

describe('migrations', () => {
  test('steps run once, in order, each time after a copy of what was there', async () => {
    const connection = await connect();
    const clock = { ...systemClock, now: () => Date.parse('2026-01-02T03:04:05.678Z') };
    expect(await migrate(connection, { clock, steps: one })).toEqual({ backup: null });
    await connection.query('insert into {s}.a values (3)');
    expect(await migrate(connection, { clock, steps: one })).toEqual({ backup: null });
    expect(await migrate(connection, { clock, steps: two })).toEqual({ backup: 'modelkeep_20260102030405678' });
    const three = [...two, 'drop table {s}.a'];
    expect(await migrate(connection, { clock, steps: three })).toEqual({ backup: 'modelkeep_20260102030405678_2' });
    expect(await connection.query('select * from modelkeep_20260102030405678.a')).toEqual([{ id: 3 }]);
    expect(await connection.query('select * from modelkeep_20260102030405678_2.b')).toEqual([{ id: 7 }]);
    expect(await connection.query('select version from {s}.modelkeep_version')).toEqual([{ version: 3 }]);
  });

  test('a step that fails takes everything back, the copy as well', async () => {
    const connection = await connect();
    await migrate(connection, { clock: systemClock, steps: one });
    const broken = migrate(connection, { clock: systemClock, steps: [...two, 'nonsense'] });
    await expect(broken).rejects.toMatchObject({ code: 'postgres.failed', facts: { sqlState: '42601' } });
    const schemas = "select nspname as name from pg_namespace where nspname like 'modelkeep%'";
    expect(await connection.query(schemas)).toEqual([{ name: 'modelkeep' }]);
    await migrate(connection, { clock: systemClock, steps: two });
    expect(await connection.query('select id from {s}.b')).toEqual([{ id: 7 }]);
  });

  test('a newer schema is refused, and nothing is changed', async () => {
    const connection = await connect();
    await migrate(connection, { clock: systemClock, steps: two });
    await expect(migrate(connection, { clock: systemClock, steps: one })).rejects.toMatchObject({
      code: 'postgres.schema-newer',
      facts: { url: connection.url, schema: 'modelkeep', found: 2, supported: 1 },
    });
    await connection.query('update {s}.modelkeep_version set version = $1', [steps.length + 5]);
    await expect(openState(connection.address)).rejects.toMatchObject({ code: 'postgres.schema-newer' });
    expect(await connection.query("select 1 from pg_tables where tablename = 'progress'")).toEqual([]);
  });

  test('of those who migrate at once one does, and all go on', async () => {
    const { address } = await connect();
    const states = await Promise.all(Array.from({ length: 6 }, () => openState(address)));
    await Promise.all(
      states.map(({ state }, place) => state.declared.declare([{ key: `k${place}`, source: 'hf:a/b' }])),
    );
    expect(await states[0]?.state.declared.list()).toHaveLength(6);
  });

  test('schemas of one database know nothing of each other', async () => {
    const { address } = await connect();
    const { state: one_ } = await openState(address);
    const { state: other } = await openState(address, { schema: 'other_app' });
    await one_.declared.declare([{ key: 'a', source: 'hf:a/b' }]);
    expect(await other.declared.list()).toEqual([]);
  });
});

describe('what a database refuses', () => {
  test('a wrong password and a database that is not there are said without the password', async () => {
    const address = await postgres().createDatabase();
    const wrong = new URL(address);
    wrong.password = 'hunter2-secret';
    const missing = new URL(address);
    missing.pathname = '/nowhere';
    for (const [url, sqlState] of [
      [wrong, '28P01'],
      [missing, '3D000'],
    ] as const) {
      const error: unknown = await openState(url.href).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'postgres.denied', facts: { sqlState } });
      const told = JSON.stringify(error) + String(error);
      expect(told).not.toContain('hunter2');
      expect(told).not.toContain(postgres().password);
    }
  });

  test('a user who may not create anything', async () => {
    const address = await postgres().createDatabase();
    await postgres().run("create role guest login password 'guest'");
    const guest = new URL(address);
    guest.username = 'guest';
    guest.password = 'guest';
    await expect(openState(guest.href)).rejects.toMatchObject({
      code: 'postgres.denied',
      facts: { sqlState: '42501' },
    });
    // Who may use what an administrator has made needs no more.
    await (await openState(address)).state.close();
    await postgres().run(
      `grant usage on schema modelkeep to guest; grant all on all tables in schema modelkeep to guest;
       grant all on all sequences in schema modelkeep to guest`,
      address,
    );
    const { state } = await openState(guest.href);
    await state.progress.update('a', { status: 'complete' });
    expect(await state.progress.get('a')).toMatchObject({ percentage: 100 });
  });

  test('no server, and what is no address', async () => {
    const nobody = 'postgres://me:hunter2@127.0.0.1:1/db';
    await expect(openState(nobody)).rejects.toMatchObject({
      code: 'postgres.unavailable',
      facts: { url: 'postgres://127.0.0.1:1/db', reason: 'ECONNREFUSED' },
    });
    for (const address of ['', 'mysql://me:hunter2@host/db', 'hunter2']) {
      const error: unknown = await openState(address).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'connectionString' } });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
    for (const schema of ['', 'a b', 'pg_own', 'A', 'x; drop table y', 'a'.repeat(41)]) {
      await expect(openState(nobody, { schema })).rejects.toMatchObject({ code: 'core.invalid-argument' });
    }
  });

  test('a pool of the caller is used, and left open', async () => {
    const pool = new Pool({ connectionString: await postgres().createDatabase(), max: 2 });
    const { state } = await openState('', { connectionString: undefined, pool });
    const page = await state.changes()[Symbol.asyncIterator]().next();
    expect(page.value).toMatchObject({ resync: true });
    await state.progress.update('a', {});
    await state.close();
    await expect(state.progress.get('a')).rejects.toMatchObject({ code: 'core.closed' });
    const { rows } = await pool.query('select key from modelkeep.progress');
    expect(rows).toEqual([{ key: 'a' }]);
    // What listened is gone: the pool ends at once.
    await pool.end();
  });
});
