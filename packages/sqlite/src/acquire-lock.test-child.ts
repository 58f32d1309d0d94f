import { readFile, rename, writeFile } from 'node:fs/promises';
import { createSqlite } from './create-sqlite.ts';

/** Holds a lock until it is killed, or adds to the numbers of a JSON file again and again, under the lock. */
const [work = '', lockPath = '', file = '', times = '0'] = process.argv.slice(2);
const sqlite = createSqlite({ size: 1 });

if (work === 'hold') {
  await sqlite.acquireLock(lockPath);
  process.stdout.write('held\n');
  setInterval(() => {}, 1_000);
} else {
  for (let time = 0; time < Number(times); time += 1) {
    const lock = await sqlite.acquireLock(lockPath);
    try {
      const { updates } = JSON.parse(await readFile(file, 'utf8')) as { updates: string[] };
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, JSON.stringify({ updates: [...updates, `${process.pid}.${time}`] }));
      await rename(temporary, file);
    } finally {
      await lock.release();
    }
  }
  await sqlite.close();
}
