import { deepEqual, equal, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { JobsHarness } from './jobs-harness.ts';
import { START_MS } from './made-jobs.ts';

const job = { type: 'scan', payload: { roots: ['/a'] } };

/** @internal What is done again and again. */
export const scheduling: readonly ContractCase<JobsHarness>[] = [
  {
    title: 'a schedule adds a job each time, once for all who ask, and makes up for a pause once',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const other = await open({ clock });
      const made = await store.schedule({ id: 'nightly', job, every: { intervalMs: 60_000 } });
      equal(made.nextAt, '2026-05-04T10:01:00.000Z');
      deepEqual(await store.runSchedules(), []);
      clock.set(START_MS + 600_000);
      const ids = (await Promise.all([store.runSchedules(), other.runSchedules(), store.runSchedules()])).flat();
      equal(ids.length, 1);
      partialDeepStrictEqual(await store.get(ids[0] ?? ''), { type: 'scan', payload: job.payload });
      partialDeepStrictEqual(await other.schedules(), [{ id: 'nightly', nextAt: '2026-05-04T10:11:00.000Z' }]);
      clock.set(START_MS + 700_000);
      deepEqual(await store.runSchedules(), []);
      equal(await other.unschedule('nightly'), true);
      equal(await other.unschedule('nightly'), false);
      deepEqual(await store.schedules(), []);
    },
  },
  {
    title: 'a cron expression counts in its time zone; the same schedule again leaves its time',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const every = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
      equal((await store.schedule({ id: 'a', job, every })).nextAt, '2026-05-05T00:30:00.000Z');
      clock.set(START_MS + 86_400_000);
      equal((await store.schedule({ id: 'a', job, every })).nextAt, '2026-05-05T00:30:00.000Z');
      for (const bad of [
        { intervalMs: 10 },
        { cron: '* * * * * *', timeZone: 'UTC' },
        { cron: '99 * * * *', timeZone: 'UTC' },
        { cron: '* * * * *', timeZone: 'Nowhere/At-All' },
      ]) {
        await rejects(store.schedule({ id: 'b', job, every: bad }), { code: 'core.invalid-argument' });
      }
      await rejects(store.schedule({ id: '../x', job, every }), { code: 'core.invalid-argument' });
    },
  },
];
