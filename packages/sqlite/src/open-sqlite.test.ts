import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isModelkeepError, silentLogger } from '@modelkeep/core';
import { describe, expect, test } from 'vitest';
import { makeFolder } from './child.test-helper.ts';
import { createSqlite } from './create-sqlite.ts';
import { openSqlite } from './open-sqlite.ts';

const migrations = [
  { namespace: 'things', steps: ['create table things (id integer primary key, name text unique, data)'] },
];

describe.each(['worker', 'in-thread'] as const)('a database (%s)', (mode) => {
  test('reads what was written, with the types that were bound', async () => {
    await using database = await openSqlite({ path: join(await makeFolder(), 'a.db'), migrations, mode });
    const bytes = new Uint8Array([1, 2, 3]);
    const written = await database.run('insert into things (name, data) values (?, ?)', ['a', bytes]);
    expect(written).toEqual({ changes: 1, rows: [] });
    expect(await database.get('select name, data from things')).toEqual({ name: 'a', data: bytes });
    expect(
      await database.all('select :yes as yes, :no as no, :missing as missing, typeof(:count) as type', {
        yes: true,
        no: false,
        missing: undefined,
        count: 7,
      }),
    ).toEqual([{ yes: 1, no: 0, missing: null, type: 'integer' }]);
    expect(await database.get('select 1 where false')).toBeUndefined();
  });

  test('keeps as much of the file in memory as it is told, where it reads', async () => {
    const path = join(await makeFolder(), 'a.db');
    const cacheOf = async (options: {
      readonly readOnly?: boolean;
      readonly readCacheBytes?: number;
    }): Promise<unknown> => {
      await using database = await openSqlite({ path, migrations, mode, ...options });
      return (await database.get<{ cache_size: number }>('pragma cache_size'))?.cache_size;
    };
    expect(await cacheOf({})).toBe(-2_000);
    expect(await cacheOf({ readCacheBytes: 16 * 1024 * 1024 })).toBe(-16 * 1024);
    expect(await cacheOf({ readCacheBytes: 16 * 1024 * 1024, readOnly: true })).toBe(-16 * 1024);
  });

  test('a transaction gives one result per statement, and rows where there are some', async () => {
    await using database = await openSqlite({ path: join(await makeFolder(), 'a.db'), migrations, mode });
    const results = await database.transaction([
      { sql: 'insert into things (name) values (?)', paramRows: [['a'], ['b'], ['c']] },
      { sql: "delete from things where name = 'b' returning id, name" },
      { sql: 'select count(*) as count from things' },
    ]);
    expect(results).toEqual([
      { changes: 3, rows: [] },
      { changes: 0, rows: [{ id: 2, name: 'b' }] },
      { changes: 0, rows: [{ count: 2 }] },
    ]);
  });

  test('a transaction that fails leaves nothing behind, and the next one works', async () => {
    const path = join(await makeFolder(), 'a.db');
    await using database = await openSqlite({ path, migrations, mode });
    const failing = database.transaction([
      { sql: "insert into things (name) values ('a')" },
      { sql: "insert into things (name) values ('a')" },
    ]);
    await expect(failing).rejects.toMatchObject({
      code: 'sqlite.failed',
      facts: { path, sqliteCode: 'SQLITE_CONSTRAINT_UNIQUE' },
    });
    expect(await database.get('select count(*) as count from things')).toEqual({ count: 0 });
    expect(await database.run("insert into things (name) values ('a')")).toEqual({ changes: 1, rows: [] });
  });

  test('temporary tables are kept between transactions of one database', async () => {
    await using database = await openSqlite({ path: join(await makeFolder(), 'a.db'), migrations, mode });
    await database.transaction(
      [{ sql: 'create temp table staged (name text)' }, { sql: "insert into staged values ('x')" }],
      { temporary: true },
    );
    await database.run('insert into things (name) select name from staged');
    expect(await database.get('select name from things')).toEqual({ name: 'x' });
  });

  test('abort: what has not started does not happen', async () => {
    await using database = await openSqlite({ path: join(await makeFolder(), 'a.db'), migrations, mode });
    const reason = new Error('never mind');
    await expect(
      database.run("insert into things (name) values ('a')", [], { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(await database.get('select count(*) as count from things')).toEqual({ count: 0 });
  });

  test('a closed database refuses every call', async () => {
    const database = await openSqlite({ path: join(await makeFolder(), 'a.db'), migrations, mode });
    await database.close();
    await database.close();
    await expect(database.all('select 1')).rejects.toMatchObject({ code: 'core.closed' });
    await expect(database.run('select 1')).rejects.toMatchObject({ code: 'core.closed' });
  });
});

test('the work is done by a worker thread, not by the calling one', async () => {
  const warnings: string[] = [];
  await using sqlite = createSqlite({ logger: { ...silentLogger, warn: (message) => warnings.push(message) } });
  await sqlite.facts();
  expect(warnings).toEqual([]);
});

test('a write in a query is refused with a hint', async () => {
  await using database = await openSqlite({ path: join(await makeFolder(), 'a.db'), migrations });
  await expect(database.all("insert into things (name) values ('a')")).rejects.toMatchObject({
    code: 'core.invalid-argument',
    hint: 'pass it to run() or transaction()',
  });
});

test('reads go on while a long transaction of the same database runs, and see the state before it', async () => {
  await using sqlite = createSqlite();
  await using database = await sqlite.open({ path: join(await makeFolder(), 'a.db'), migrations });
  await database.all('select 1');
  const progress = { ended: false };
  const names = Array.from({ length: 2_000 }, (_, index) => [`name ${index}`]);
  const statements = Array.from({ length: 40 }, (_, index) => ({
    sql: 'insert or replace into things (name, data) values (?, ?)',
    paramRows: names.map(([name = '']) => [`${name} ${index}`, 'x'.repeat(100)]),
  }));
  const writing = database.transaction(statements).finally(() => (progress.ended = true));
  let readsMeanwhile = 0;
  while (!progress.ended) {
    const { count } = (await database.get<{ count: number }>('select count(*) as count from things')) ?? { count: -1 };
    expect([0, 80_000]).toContain(count);
    if (count === 0) readsMeanwhile += 1;
    await setImmediate();
  }
  await writing;
  expect(readsMeanwhile).toBeGreaterThan(3);
});

test('closing SQLite closes its databases and frees its locks', async () => {
  const folder = await makeFolder();
  const sqlite = createSqlite();
  const database = await sqlite.open({ path: join(folder, 'a.db'), migrations });
  const lock = await sqlite.acquireLock(join(folder, 'lock.db'));
  await sqlite.close();
  await expect(database.all('select 1')).rejects.toMatchObject({ code: 'core.closed' });
  await lock.release();
  await using other = createSqlite();
  await using again = await other.acquireLock(join(folder, 'lock.db'), { timeoutMs: 0 });
  expect(again).toBeDefined();
});

test('paths have to be absolute', async () => {
  for (const path of ['a.db', ':memory:', '', 'file:a.db', '/tmp/a\0.db']) {
    await expect(openSqlite({ path })).rejects.toMatchObject({
      code: 'core.invalid-argument',
      facts: { argument: 'path' },
    });
  }
});

test('a path with the characters of a URI is only a path', async () => {
  const path = join(await makeFolder(), 'a b?mode=memory#x%41.db');
  {
    await using database = await openSqlite({ path, migrations });
    await database.run("insert into things (name) values ('a')");
  }
  await using database = await openSqlite({ path, migrations, readOnly: true });
  expect(await database.get('select name from things')).toEqual({ name: 'a' });
});

describe.each(['worker', 'in-thread'] as const)('faults (%s)', (mode) => {
  test('errors say why a database cannot be opened', async () => {
    const folder = await makeFolder();
    await expect(openSqlite({ mode, path: join(folder, 'none', 'a.db') })).rejects.toMatchObject({
      code: 'io.not-found',
    });
    await expect(openSqlite({ mode, path: join(folder, 'a.db'), readOnly: true })).rejects.toMatchObject({
      code: 'io.not-found',
    });
    await expect(openSqlite({ mode, path: folder })).rejects.toSatisfy((error) =>
      isModelkeepError(error, 'sqlite.failed'),
    );
  });

  test('a full drive is a disk-full error, and what was there before stays', async () => {
    const path = join(await makeFolder(), 'a.db');
    await using database = await openSqlite({ mode, path, migrations });
    await database.run("insert into things (name) values ('kept')");
    const filling = database.transaction([
      { sql: 'pragma max_page_count = 20' },
      { sql: 'insert into things (data) values (zeroblob(1000000))' },
    ]);
    await expect(filling).rejects.toMatchObject({ code: 'io.disk-full', facts: { path } });
    expect(await database.all('select name from things')).toEqual([{ name: 'kept' }]);
  });
});
