import { chmod, cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, nodeCommand, startCommand } from './child.test-helper.ts';
import { openSqlite } from './open-sqlite.ts';

const migrations = [{ namespace: 'things', steps: ['create table things (name text)'] }];

/** What a process sees that cannot write in the folder: a read-only mount for root, folder permissions for anybody else. */
async function readWhereNothingCanBeWritten(folder: string, name: string): Promise<unknown> {
  const command = nodeCommand('./read-only.test-child.ts', [join(folder, name)]);
  if (process.getuid?.() !== 0) {
    await chmod(folder, 0o555);
    const child = startCommand(command);
    const line = await child.line();
    await chmod(folder, 0o755);
    return JSON.parse(line);
  }
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  const child = startCommand(['unshare', '--mount', 'sh', '-c', script, folder, ...command]);
  return JSON.parse(await child.line());
}

test('a closed WAL database is read from a read-only place', async () => {
  const folder = await makeFolder();
  const database = await openSqlite({ path: join(folder, 'a.db'), migrations });
  await database.run("insert into things values ('a')");
  await database.close();
  expect(await readdir(folder)).toEqual(['a.db']);
  expect(await readWhereNothingCanBeWritten(folder, 'a.db')).toEqual({ rows: [{ name: 'a' }], possiblyStale: false });
});

test('a left-over journal is not read there, and the database says that it may be stale', async () => {
  const folder = await makeFolder();
  const copy = join(folder, 'copy');
  const path = join(folder, 'a.db');
  await using database = await openSqlite({ path, migrations });
  await database.run("insert into things values ('a')");
  await database.all('pragma wal_checkpoint(truncate)');
  await database.run("insert into things values ('b')");
  for (const name of ['a.db', 'a.db-wal']) await cp(join(folder, name), join(copy, name));
  expect((await stat(join(copy, 'a.db-wal'))).size).toBeGreaterThan(0);
  const seen = await readWhereNothingCanBeWritten(copy, 'a.db');
  expect(seen).toEqual({ rows: [{ name: 'a' }], possiblyStale: true });
});

test.each(['worker', 'in-thread'] as const)(
  'a database that is open for writing is read beside it (%s)',
  async (mode) => {
    const path = join(await makeFolder(), 'a.db');
    await using writer = await openSqlite({ mode, path, migrations });
    await using reader = await openSqlite({ mode, path, migrations, readOnly: true });
    expect(await reader.all('select name from things')).toEqual([]);
    await writer.run("insert into things values ('a')");
    expect(await reader.all('select name from things')).toEqual([{ name: 'a' }]);
  },
);
