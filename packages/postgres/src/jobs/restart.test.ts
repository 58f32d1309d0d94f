import { systemClock } from '@modelkeep/core';
import { createJobRunner, type JobState } from '@modelkeep/jobs';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openState, usePostgres } from '../postgres.test-helper.ts';

const postgres = usePostgres();
const JOBS = 60;

test.each(['stop', 'crash'] as const)(
  'a worker goes on by itself after its server went down (%s)',
  { timeout: 90_000 },
  async (how) => {
    const address = await postgres().createDatabase();
    const { jobs } = await openState(address);
    const added = await jobs.add(
      Array.from({ length: JOBS }, (_, number) => ({
        type: 'work',
        payload: number,
        maxAttempts: 1_000,
        backoffMs: 0,
      })),
    );
    const seen: JobState[] = [];
    const watching = new AbortController();
    const watched = (async () => {
      for await (const { changes } of jobs.watch({ signal: watching.signal }))
        seen.push(...changes.map(({ state }) => state));
    })().catch(() => {});
    onTestFinished(() => watching.abort());
    const runs: unknown[] = [];
    const runner = createJobRunner({
      store: jobs,
      leaseMs: 2_000,
      pollMs: 50,
      handlers: {
        work: {
          payload: z.number(),
          result: z.unknown(),
          async run(payload, { signal }) {
            runs.push(payload);
            await systemClock.sleep(20, signal);
            return payload;
          },
        },
      },
    });
    onTestFinished(() => runner.close());
    await expect.poll(() => runs.length, { timeout: 20_000 }).toBeGreaterThan(10);
    await postgres().stop(how);
    await systemClock.sleep(300);
    await postgres().start();
    const countDone = async (): Promise<number> =>
      (await jobs.counts()).find(({ state }) => state === 'completed')?.count ?? 0;
    await expect.poll(() => countDone().catch(() => 0), { timeout: 60_000 }).toBe(JOBS);
    for (const { id } of added) expect(await jobs.get(id)).toMatchObject({ state: 'completed', error: null });
    await expect.poll(() => seen.filter((state) => state === 'completed').length, { timeout: 10_000 }).toBe(JOBS);
    watching.abort();
    await watched;
  },
);
