import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './child.test-helper.ts';
import { createSqlite } from './create-sqlite.ts';

const migrations = [{ namespace: 'things', steps: ['create table things (name text)'] }];
const workerUrl = new URL('./worker-death.test-worker.ts', import.meta.url);

test('after its worker died a database opens again, with everything that was committed', async () => {
  await using sqlite = createSqlite({ workerUrl });
  await using database = await sqlite.open({ path: join(await makeFolder(), 'a.db'), migrations });
  await database.run("insert into things values ('kept')");
  await expect(database.all('die')).rejects.toMatchObject({ code: 'workers.died', facts: { exitCode: 3 } });
  expect(await database.all('select name from things')).toEqual([{ name: 'kept' }]);
  expect(await database.run("insert into things values ('more')")).toEqual({ changes: 1, rows: [] });
});
