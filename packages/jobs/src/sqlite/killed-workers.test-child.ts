import { once } from 'node:events';
import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@modelkeep/core';
import { createSqlite } from '@modelkeep/sqlite';
import { createSeededRandom } from '@modelkeep/testing';
import { z } from 'zod';
import { createJobRunner } from '../runner/create-job-runner.ts';
import { createSqliteJobs } from './create-sqlite-jobs.ts';
import { jobsMigrations } from './jobs-migrations.ts';

/**
 * Works until it is killed or told to end. Each step of the work is a file that is there whole or not at all, and that a
 * second worker, such as one that stood still longer than its lease, cannot change. It goes on from its checkpoint.
 */
const [path = '', folder = '', seed = '0'] = process.argv.slice(2);
const random = createSeededRandom(Number(seed));
const sqlite = createSqlite({ size: 1 });
const database = await sqlite.open({ path, migrations: [jobsMigrations], synchronous: 'full' });
const store = createSqliteJobs({ database });
const payload = z.object({ steps: z.int() });
const saved = z.object({ step: z.int() });

async function doStep(name: string): Promise<void> {
  const own = join(folder, `${name}.${process.pid}`);
  await writeFile(own, name);
  await link(own, join(folder, name)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(own);
}

const runner = createJobRunner({
  store,
  leaseMs: 500,
  beatMs: 100,
  pollMs: 20,
  handlers: {
    count: {
      payload,
      result: z.int(),
      async run(given, { id, signal, checkpoint, save }) {
        const { steps } = payload.parse(given);
        let { step } = saved.safeParse(checkpoint()).data ?? { step: 0 };
        while (step < steps) {
          signal.throwIfAborted();
          step += 1;
          await doStep(`${id}.${step}`);
          save({ step });
          await systemClock.sleep(random.below(20), signal);
        }
        return step;
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
