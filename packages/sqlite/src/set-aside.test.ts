import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemClock } from '@modelkeep/core';
import { expect, test } from 'vitest';
import { makeFolder } from './child.test-helper.ts';
import { openSqlite } from './open-sqlite.ts';
import { setAside } from './set-aside.ts';

const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
const migrations = [{ namespace: 'things', steps: ['create table things (name text)'] }];

test('a damaged database is moved with its journals, and a new one takes its place', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'a.db');
  await writeFile(path, 'damaged'.repeat(200));
  await expect(openSqlite({ path, migrations })).rejects.toMatchObject({ code: 'sqlite.corrupt', facts: { path } });
  await writeFile(`${path}-wal`, 'damaged-wal');
  const moved = await setAside(path, { clock });
  expect(moved).toBe(`${path}.corrupt-20260102T030405678Z`);
  expect(await readFile(`${moved}-wal`, 'utf8')).toBe('damaged-wal');
  await using database = await openSqlite({ path, migrations });
  expect(await database.all('select name from things')).toEqual([]);
});

test('a second one at the same time takes another name; none is null', async () => {
  const path = join(await makeFolder(), 'a.db');
  expect(await setAside(path)).toBeNull();
  const names = [];
  for (const text of ['one', 'two']) {
    await writeFile(path, text);
    names.push(basename((await setAside(path, { clock })) ?? ''));
  }
  expect(names).toEqual(['a.db.corrupt-20260102T030405678Z', 'a.db.corrupt-20260102T030405678Z-2']);
  expect(await readdir(join(path, '..'))).toEqual(names);
});

test('a journal that a crash left beside the new database does no harm', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'a.db');
  const old = await openSqlite({ path, migrations });
  await old.run("insert into things values ('old')");
  const journal = await readFile(`${path}-wal`);
  await old.close();
  await setAside(path);
  await writeFile(`${path}-wal`, journal);
  await using database = await openSqlite({ path, migrations });
  expect(await database.all('select name from things')).toEqual([]);
});

test('what stands in the way is a typed error', async () => {
  const path = join(await makeFolder(), 'a.db');
  await writeFile(path, 'a file, not a folder');
  await expect(setAside(join(path, 'b.db'))).rejects.toMatchObject({
    code: 'io.failed',
    facts: { systemCode: 'ENOTDIR' },
  });
  const reason = new Error('stop');
  await expect(setAside(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
