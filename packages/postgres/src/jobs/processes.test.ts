import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { newId } from '@modelkeep/core';
import { createSeededRandom } from '@modelkeep/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const WORKERS = Number(process.env['MODELKEEP_WORKERS'] ?? 3);
const JOBS = Number(process.env['MODELKEEP_JOBS'] ?? 25);
const KILLS = Number(process.env['MODELKEEP_KILLS'] ?? 3);
const SEED = Number(process.env['MODELKEEP_KILL_SEED'] ?? Date.now() % 1_000_000);
const TIMEOUT_MS = 120_000 + KILLS * 5_000;

function start(words: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL('worker.test-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function openQueue(): Promise<{
  address: string;
  libraryId: string;
  jobs: Awaited<ReturnType<typeof openState>>['jobs'];
}> {
  const address = await postgres().createDatabase();
  await postgres().run('create table effects (key text not null, worker text not null)', address);
  const libraryId = newId();
  const { jobs } = await openState(address, { libraryId });
  return { address, libraryId, jobs };
}

/** How often each job was completed: once, whatever happened. */
async function completions(address: string): Promise<readonly { times: number; jobs: number }[]> {
  return postgres().run(
    `select times::int, count(*)::int as jobs from (
       select count(*) as times from modelkeep.jobs_changes where state = 'completed' group by job_id) counted
     group by times order by times`,
    address,
  );
}

test('processes that add and work at once lose no job, and do none twice', { timeout: TIMEOUT_MS }, async () => {
  const { address, libraryId, jobs } = await openQueue();
  const names = Array.from({ length: WORKERS }, (_, place) => `process ${place}`);
  const ends = await Promise.all(
    names.map(
      (name) => once(start([address, libraryId, name, String(JOBS), '60000']), 'exit') as Promise<[number | null]>,
    ),
  );
  expect(ends.map(([code]) => code)).toEqual(names.map(() => 0));
  const done = WORKERS * JOBS;
  expect(await jobs.counts()).toEqual([{ type: 'effect', state: 'completed', count: done }]);
  expect(await completions(address)).toEqual([{ times: 1, jobs: done }]);
  const effects = await postgres().run<{ key: string }>('select key from effects order by key', address);
  const keys = names.flatMap((name) => Array.from({ length: JOBS }, (_, number) => `${name} ${number}`));
  expect(effects.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
});

test(
  `a worker that is killed at any point (seed ${SEED}) loses nothing, and each job ends once`,
  { timeout: TIMEOUT_MS },
  async () => {
    const { address, libraryId, jobs } = await openQueue();
    const random = createSeededRandom(SEED);
    const count = KILLS * JOBS;
    await jobs.add(
      Array.from({ length: count }, (_, number) => ({
        type: 'effect',
        payload: { key: String(number) },
        maxAttempts: 1_000,
        backoffMs: 0,
      })),
    );
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = start([address, libraryId, `killed ${kill}`, '0', '600']);
      await once(child.stdout ?? child, 'data');
      await new Promise((resolve) => setTimeout(resolve, random.below(150)));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const [code] = (await once(start([address, libraryId, 'last', '0', '600']), 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(await jobs.counts()).toEqual([{ type: 'effect', state: 'completed', count }]);
    expect(await completions(address)).toEqual([{ times: 1, jobs: count }]);
    const effects = await postgres().run<{ count: number }>(
      'select count(distinct key)::int as count from effects',
      address,
    );
    expect(effects).toEqual([{ count }]);
  },
);
