import { openSqlite } from './open-sqlite.ts';

/** Opens a database read-only and prints what it sees. */
const database = await openSqlite({ path: process.argv[2] ?? '', readOnly: true });
const rows = await database.all('select name from things order by name');
process.stdout.write(`${JSON.stringify({ rows, possiblyStale: database.possiblyStale })}\n`);
await database.close();
