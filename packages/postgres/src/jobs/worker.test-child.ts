/**
 * Adds jobs and does what there is, until it is killed or nothing is left:
 * `node worker.test-child.ts <url> <library> <name> <jobs to add> <lease in ms>`.
 */
import { newId } from '@modelkeep/core';
import { createJobRunner } from '@modelkeep/jobs';
import { Pool } from 'pg';
import { z } from 'zod';
import { openPostgresState } from '../state/open-postgres-state.ts';

const [connectionString = '', libraryId = '', name = '', count = '0', leaseMs = '0'] = process.argv.slice(2);
const { state, jobs } = await openPostgresState({ connectionString, libraryId, maxConnections: 4 });
const effects = new Pool({ connectionString, max: 1 });
const payload = z.object({ key: z.string() });

for (let number = 0; number < Number(count); number += 1) {
  await jobs.add([{ type: 'effect', payload: { key: `${name} ${number}` }, maxAttempts: 1_000, backoffMs: 0 }]);
}
const runner = createJobRunner({
  store: jobs,
  workerId: `${name} ${newId()}`,
  leaseMs: Number(leaseMs),
  beatMs: 50,
  pollMs: 50,
  handlers: {
    effect: {
      payload,
      result: z.string(),
      concurrency: 4,
      async run(given) {
        const { key } = payload.parse(given);
        await effects.query('insert into effects values ($1, $2)', [key, name]);
        return key;
      },
    },
  },
});
process.stdout.write('ready\n');
for (;;) {
  const left = await jobs.counts();
  if (left.every(({ state: jobState }) => jobState === 'completed')) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await runner.close();
await effects.end();
await state.close();
