import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../child.test-helper.ts';
import { createSqlite } from '../create-sqlite.ts';

const myDriver = new URL('./load-driver.test-driver.ts', import.meta.url).href;

describe.each(['worker', 'in-thread'] as const)('drivers (%s)', (mode) => {
  test('a driver module is imported in the worker and serves the databases', async () => {
    await using sqlite = createSqlite({ mode, driver: myDriver });
    expect(await sqlite.facts()).toMatchObject({ driver: 'my-driver', fts5: true });
    await using database = await sqlite.open({ path: join(await makeFolder(), 'a.db') });
    expect(await database.get('select 1 as one')).toEqual({ one: 1 });
  });

  test('what is no driver is said so', async () => {
    const folder = await makeFolder();
    for (const [driver, missing] of [
      ['no-such-package-of-anybody', 'module'],
      ['data:text/javascript,export const sqliteDriver = null', 'sqliteDriver'],
      ['data:text/javascript,export const sqliteDriver = { name: 1 }', 'sqliteDriver'],
    ] as const) {
      await using sqlite = createSqlite({ mode, driver });
      await expect(sqlite.open({ path: join(folder, 'a.db') })).rejects.toMatchObject({
        code: 'sqlite.unsupported',
        facts: { driver, missing },
      });
    }
  });

  test('Node’s own SQLite is the default', async () => {
    await using sqlite = createSqlite({ mode });
    const facts = await sqlite.facts();
    expect(facts).toMatchObject({ driver: 'node:sqlite', fts5: true, walSafe: true });
    expect(facts.version).toMatch(/^3\.\d+\.\d+$/);
  });
});

test('one driver at a time in a process', async () => {
  const first = createSqlite();
  const second = createSqlite();
  expect(() => createSqlite({ driver: myDriver })).toThrow(/one driver|cannot be used beside/);
  await first.close();
  await first.close();
  expect(() => createSqlite({ driver: myDriver })).toThrow(/cannot be used beside/);
  await second.close();
  await createSqlite({ driver: myDriver }).close();
});
