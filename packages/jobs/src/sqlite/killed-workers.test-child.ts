import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@modelkeep/core';
import { createSqlite } from '@modelkeep/sqlite';
import { z } from 'zod';
import { createJobRunner } from '../runner/create-job-runner.ts';
import { createSqliteJobs } from './create-sqlite-jobs.ts';
import { jobsMigrations } from './jobs-migrations.ts';

/**
 * Works until it is killed or told to end. The work writes numbered lines into a file of the job, each time the whole of
 * it under a name of its own and then renamed; it goes on from the lines that are there.
 */
const [path = '', folder = ''] = process.argv.slice(2);
const sqlite = createSqlite({ size: 1 });
const database = await sqlite.open({ path, migrations: [jobsMigrations], synchronous: 'full' });
const store = createSqliteJobs({ database });
const payload = z.object({ steps: z.int() });

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}

const runner = createJobRunner({
  store,
  leaseMs: 500,
  beatMs: 100,
  pollMs: 20,
  handlers: {
    count: {
      payload,
      result: z.array(z.string()),
      async run(given, { id, signal, save }) {
        const { steps } = payload.parse(given);
        const file = join(folder, id);
        for (;;) {
          const lines = await linesOf(file);
          if (lines.length >= steps) return lines;
          signal.throwIfAborted();
          const next = [...lines, String(lines.length + 1)];
          const own = `${file}.${process.pid}`;
          await writeFile(own, `${next.join('\n')}\n`);
          await rename(own, file);
          save({ steps: next.length });
          await systemClock.sleep(Math.random() * 20, signal);
        }
      },
    },
  },
});
process.stdout.write('works\n');
await once(process.stdin, 'data');
await runner.close();
await store.close();
await sqlite.close();
process.stdin.destroy();
