import { openSqlite } from './open-sqlite.ts';

/** Opens a database and writes: either one row, or pairs of rows until it is killed. */
const [work = '', path = ''] = process.argv.slice(2);
const database = await openSqlite({
  path,
  migrations: [
    {
      namespace: 'first',
      steps: ['create table rows (pair integer, process integer)', 'create table more (id integer)'],
    },
    { namespace: 'second', steps: ['create table others (id integer)', 'insert into others (id) values (1)'] },
  ],
});
const insert = { sql: 'insert into rows (pair, process) values (?, ?)' };
if (work === 'pairs') process.stdout.write('writing\n');
const pairs = work === 'pairs' ? Number.MAX_SAFE_INTEGER : 1;
for (let pair = 0; pair < pairs; pair += 1) {
  const params = [pair, process.pid];
  await database.transaction([
    { ...insert, params },
    { ...insert, params },
  ]);
}
await database.close();
