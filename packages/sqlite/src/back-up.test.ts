import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from './child.test-helper.ts';
import { openSqlite } from './open-sqlite.ts';

const one = { namespace: 'x', steps: ['create table a (id integer)'] };
const two = { namespace: 'x', steps: [...one.steps, 'drop table a; create table b (id integer)'] };

describe.each(['worker', 'in-thread'] as const)('a backup (%s)', (mode) => {
  test('is a database with what was committed, and takes the place of an older one', async () => {
    const folder = await makeFolder();
    const target = join(folder, 'copy.db');
    await writeFile(target, 'older');
    await using database = await openSqlite({ mode, path: join(folder, 'a.db'), migrations: [one] });
    await database.run('insert into a values (7)');
    await database.backUp(target);
    await database.run('insert into a values (8)');
    await using copy = await openSqlite({ mode, path: target });
    expect(await copy.all('select id from a')).toEqual([{ id: 7 }]);
    await expect(database.backUp('relative.db')).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(database.backUp(join(folder, 'nowhere/copy.db'))).rejects.toMatchObject({ name: 'ModelkeepError' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('is made before a schema that is there is changed, and not for a new one', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'a.db');
    const backUpTo = join(folder, 'before.db');
    {
      await using database = await openSqlite({ mode, path, migrations: [one], backUpTo });
      await database.run('insert into a values (7)');
    }
    expect(await readdir(folder)).toEqual(['a.db']);
    await (await openSqlite({ mode, path, migrations: [two], backUpTo })).close();
    await using before = await openSqlite({ mode, path: backUpTo, migrations: [one], readOnly: true });
    expect(await before.all('select id from a')).toEqual([{ id: 7 }]);
    await expect(before.backUp(join(folder, 'other.db'))).rejects.toMatchObject({ code: 'io.read-only' });
  });
});
