import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, startChild } from './child.test-helper.ts';
import { openSqlite } from './open-sqlite.ts';

const one = ['create table a (id integer)'];
const two = [...one, 'create table b (id integer); insert into b values (7);'];

describe.each(['worker', 'in-thread'] as const)('migrations (%s)', (mode) => {
  test('steps run once, in order; new ones are added to what is there', async () => {
    const path = join(await makeFolder(), 'a.db');
    for (const steps of [one, one, two, two]) {
      await using database = await openSqlite({ mode, path, migrations: [{ namespace: 'x', steps }] });
      expect(await database.all('select namespace, version from modelkeep_migrations')).toEqual([
        { namespace: 'x', version: steps.length },
      ]);
    }
    await using database = await openSqlite({
      mode,
      path,
      migrations: [{ namespace: 'y', steps: ['create table c (id integer)'] }],
    });
    expect(await database.all('select id from b')).toEqual([{ id: 7 }]);
    expect(await database.all('select namespace from modelkeep_migrations order by 1')).toEqual([
      { namespace: 'x' },
      { namespace: 'y' },
    ]);
  });

  test('a newer schema is refused before anything is changed', async () => {
    const path = join(await makeFolder(), 'a.db');
    await (await openSqlite({ mode, path, migrations: [{ namespace: 'x', steps: two }] })).close();
    const older = openSqlite({
      mode,
      path,
      migrations: [
        { namespace: 'y', steps: ['create table c (id integer)'] },
        { namespace: 'x', steps: one },
      ],
    });
    await expect(older).rejects.toMatchObject({
      code: 'sqlite.schema-newer',
      facts: { path, namespace: 'x', found: 2, supported: 1 },
    });
    await using database = await openSqlite({ mode, path });
    expect(await database.get("select 1 from sqlite_schema where name = 'c'")).toBeUndefined();
  });

  test('read-only: an older schema is refused, the same one is read', async () => {
    const path = join(await makeFolder(), 'a.db');
    await (await openSqlite({ mode, path, migrations: [{ namespace: 'x', steps: one }] })).close();
    await expect(
      openSqlite({ mode, path, readOnly: true, migrations: [{ namespace: 'x', steps: two }] }),
    ).rejects.toMatchObject({
      code: 'sqlite.schema-older',
      facts: { path, namespace: 'x', found: 1, supported: 2 },
    });
    await using database = await openSqlite({
      mode,
      path,
      readOnly: true,
      migrations: [{ namespace: 'x', steps: one }],
    });
    expect(await database.all('select id from a')).toEqual([]);
    await expect(database.run('delete from a')).rejects.toMatchObject({ code: 'io.read-only', facts: { path } });
  });

  test('a step that fails takes the whole namespace back', async () => {
    const path = join(await makeFolder(), 'a.db');
    const broken = openSqlite({
      mode,
      path,
      migrations: [{ namespace: 'x', steps: [...one, 'create table b (id); nonsense'] }],
    });
    await expect(broken).rejects.toMatchObject({ code: 'sqlite.failed', facts: { path } });
    await using database = await openSqlite({ mode, path, migrations: [{ namespace: 'x', steps: two }] });
    expect(await database.all('select id from b')).toEqual([{ id: 7 }]);
  });
});

test('namespaces are names, each there once', async () => {
  const path = join(await makeFolder(), 'a.db');
  for (const namespaces of [['X'], ["x'; drop table a"], [''], ['x', 'x']]) {
    const migrations = namespaces.map((namespace) => ({ namespace, steps: one }));
    await expect(openSqlite({ path, migrations })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
});

test('8 processes create the same database at once', async () => {
  const path = join(await makeFolder(), 'a.db');
  const children = Array.from({ length: 8 }, () => startChild('./migrations.test-child.ts', ['once', path]));
  expect(await Promise.all(children.map((it) => it.ended))).toEqual(children.map(() => 0));
  await using database = await openSqlite({ path });
  expect(await database.get('select count(distinct process) as processes from rows')).toEqual({ processes: 8 });
  expect(await database.all('select id from others')).toEqual([{ id: 1 }]);
});

test('processes that are killed while they write leave whole transactions', async () => {
  const path = join(await makeFolder(), 'a.db');
  for (let round = 0; round < 3; round += 1) {
    const children = [1, 2].map(() => startChild('./migrations.test-child.ts', ['pairs', path]));
    for (const child of children) expect(await child.line()).toBe('writing');
    await new Promise((resolve) => setTimeout(resolve, 20 + 30 * round));
    for (const child of children) child.process.kill('SIGKILL');
    for (const child of children) expect(await child.ended).toBe('SIGKILL');
  }
  await using database = await openSqlite({ path });
  expect(await database.all('pragma quick_check')).toEqual([{ quick_check: 'ok' }]);
  const halves = await database.all('select process, pair from rows group by process, pair having count(*) <> 2');
  expect(halves).toEqual([]);
});
