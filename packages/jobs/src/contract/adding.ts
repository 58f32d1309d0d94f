import { deepEqual, equal, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { NewJob } from '../ports/job.ts';
import type { JobsHarness } from './jobs-harness.ts';
import { addOne, claimOne, madeJob, START_MS } from './made-jobs.ts';

/** @internal What is added, found and listed. */
export const adding: readonly ContractCase<JobsHarness>[] = [
  {
    title: 'a job is told as it was given, to every process',
    async run({ open }) {
      const store = await open({ clock: settableClock(START_MS) });
      const other = await open();
      const payload = { text: "'; drop table jobs_list; -- ✓", nested: [1, null, { a: true }] };
      const id = await addOne(store, { payload, lane: 'disk', priority: 5, maxAttempts: 7 });
      partialDeepStrictEqual(await other.get(id), {
        id,
        type: 'scan',
        payload,
        state: 'pending',
        lane: 'disk',
        priority: 5,
        maxAttempts: 7,
        attempts: 0,
        blockedBy: 0,
        after: [],
        result: null,
        error: null,
        createdAt: '2026-05-04T10:00:00.000Z',
        runAt: '2026-05-04T10:00:00.000Z',
        startedAt: null,
        endedAt: null,
      });
      await rejects(other.get('none'), { code: 'jobs.not-found', facts: { id: 'none' } });
    },
  },
  {
    title: 'an equal job stands for a new one until it is over',
    async run({ open }) {
      const store = await open();
      const first = await addOne(store, { dedupeKey: 'a' });
      deepEqual(
        await store
          .add([madeJob({ dedupeKey: 'a' }), madeJob({ dedupeKey: 'b' }), madeJob()])
          .then((all) => all.map(({ added }) => added)),
        [false, true, true],
      );
      equal(await addOne(store, { dedupeKey: 'a' }), first);
      const hashId = await addOne(store, { type: 'hash', dedupeKey: 'a' });
      equal(hashId === first, false);
      const claim = await claimOne(store);
      equal(claim.job.id, first);
      equal(await addOne(store, { dedupeKey: 'a' }), first);
      await store.settle([{ id: first, token: claim.token, outcome: { kind: 'complete', result: 1 } }]);
      equal((await addOne(store, { dedupeKey: 'a' })) === first, false);
    },
  },
  {
    title: 'what is no job is refused, and nothing of its batch is added',
    async run({ open }) {
      const store = await open();
      const cycle: Record<string, unknown> = {};
      cycle['self'] = cycle;
      const bad: readonly Partial<NewJob>[] = [
        { type: '' },
        { type: '../x' },
        { payload: cycle },
        { payload: 1n },
        { payload: 'x'.repeat(1_100_000) },
        { priority: 1.5 },
        { maxAttempts: 0 },
        { runAtMs: Number.NaN },
        { dedupeKey: '' },
      ];
      for (const change of bad) {
        await rejects(store.add([madeJob(), madeJob(change)]), { code: 'core.invalid-argument' });
      }
      await rejects(store.add([madeJob(), madeJob({ after: ['none'] })]), { code: 'jobs.not-found' });
      deepEqual((await store.list()).jobs, []);
      deepEqual(await store.add([]), []);
    },
  },
  {
    title: 'jobs are listed by state and type, the newest first, a page at a time, and counted',
    async run({ open }) {
      const store = await open();
      const ids: string[] = [];
      for (const type of ['scan', 'hash', 'scan', 'scan']) ids.push(await addOne(store, { type }));
      const first = await store.list({ types: ['scan'], limit: 2 });
      deepEqual(
        first.jobs.map(({ id }) => id),
        [ids[3], ids[2]],
      );
      const second = await store.list({ types: ['scan'], limit: 2, cursor: first.cursor ?? '' });
      deepEqual([second.jobs.map(({ id }) => id), second.cursor], [[ids[0]], null]);
      deepEqual((await store.list({ states: ['running'] })).jobs, []);
      deepEqual(
        [...(await store.counts())].toSorted((a, b) => a.type.localeCompare(b.type)),
        [
          { type: 'hash', state: 'pending', count: 1 },
          { type: 'scan', state: 'pending', count: 3 },
        ],
      );
      await rejects(store.list({ cursor: 'x' }), { code: 'core.invalid-argument' });
      await rejects(store.list({ limit: 0 }), { code: 'core.invalid-argument' });
    },
  },
];
