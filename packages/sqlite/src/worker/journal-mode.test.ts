import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../child.test-helper.ts';
import { openSqlite } from '../open-sqlite.ts';
import { isWalSafe } from './journal-mode.ts';

test('a write-ahead log is trusted from 3.51.3 on', () => {
  for (const version of ['3.51.3', '3.51.10', '3.52.0', '4.0.0', '3.51.3.1']) expect(isWalSafe(version)).toBe(true);
  for (const version of ['3.51.2', '3.50.4', '3.7.0', '2.99.99', '']) expect(isWalSafe(version)).toBe(false);
});

test('new files get a write-ahead log, and keep it', async () => {
  const path = join(await makeFolder(), 'a.db');
  for (const journal of ['auto', 'auto'] as const) {
    await using database = await openSqlite({ path, journal });
    expect(database.journal).toBe('wal');
  }
});

test.each(['worker', 'in-thread'] as const)(
  'a rollback journal stays; a WAL is given up where it must be (%s)',
  async (mode) => {
    const folder = await makeFolder();
    const path = join(folder, 'a.db');
    const modes = [];
    for (const journal of ['auto', 'rollback', 'auto'] as const) {
      await using database = await openSqlite({
        mode,
        path,
        journal,
        migrations: [{ namespace: 'x', steps: ['create table a (id)'] }],
      });
      modes.push(database.journal);
    }
    expect(modes).toEqual(['wal', 'delete', 'delete']);
  },
);

test.each(['worker', 'in-thread'] as const)(
  'with a rollback journal, several databases get by each other (%s)',
  async (mode) => {
    const path = join(await makeFolder(), 'a.db');
    const options = {
      mode,
      path,
      journal: 'rollback',
      migrations: [{ namespace: 'x', steps: ['create table a (id)'] }],
    } as const;
    await using first = await openSqlite(options);
    await using second = await openSqlite(options);
    const insert = { sql: 'insert into a values (?)', params: [1] };
    await Promise.all(
      [first, second].map(async (database) => {
        for (let time = 0; time < 50; time += 1) {
          await Promise.all([database.transaction([insert, insert]), database.all('select id from a')]);
        }
      }),
    );
    expect(await first.get('select count(*) as count from a')).toEqual({ count: 200 });
  },
);

test('full synchronisation is set where it is asked for', async () => {
  const folder = await makeFolder();
  await using full = await openSqlite({ path: join(folder, 'full.db'), synchronous: 'full' });
  await using normal = await openSqlite({ path: join(folder, 'normal.db') });
  const pragma = [{ sql: 'pragma synchronous' }, { sql: 'pragma foreign_keys' }, { sql: 'pragma trusted_schema' }];
  const results = async (database: typeof full): Promise<unknown> =>
    (await database.transaction(pragma)).map(({ rows }) => rows[0]);
  expect(await results(full)).toEqual([{ synchronous: 2 }, { foreign_keys: 1 }, { trusted_schema: 0 }]);
  expect(await results(normal)).toEqual([{ synchronous: 1 }, { foreign_keys: 1 }, { trusted_schema: 0 }]);
});
