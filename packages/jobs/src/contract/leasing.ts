import { deepEqual, equal, partialDeepStrictEqual } from 'node:assert/strict';
import { type ContractCase, noProgress, settableClock } from '@modelkeep/core';
import type { JobsHarness } from './jobs-harness.ts';
import { addOne, claimAll, claimOne, START_MS } from './made-jobs.ts';

const error = { name: 'Error', message: 'no' };

/** @internal Who has a job, and how it ends. */
export const leasing: readonly ContractCase<JobsHarness>[] = [
  {
    title: 'a job is given to one worker, whose end of it is kept with progress and log',
    async run({ open }) {
      const store = await open();
      const other = await open();
      const ids = await Promise.all(Array.from({ length: 12 }, () => addOne(store)));
      const taken = await Promise.all([claimAll(store, 'w1'), claimAll(other, 'w2'), claimAll(store, 'w3')]);
      deepEqual(
        taken
          .flat()
          .map(({ job }) => job.id)
          .toSorted(),
        ids.toSorted(),
      );
      const claim = taken.flat()[0];
      if (claim === undefined) throw new Error('nothing was claimed');
      partialDeepStrictEqual(claim.job, { state: 'running', attempts: 1 });
      const { token } = claim;
      const { id } = claim.job;
      const at = '2026-05-04T10:00:01.000Z';
      const progress = { ...noProgress, bytesDone: 5 };
      deepEqual(await store.beat([{ id, token, progress, lines: [{ at, level: 'info', message: 'half' }] }], 10_000), [
        'go-on',
      ]);
      equal((await other.get(id)).progress?.bytesDone, 5);
      const end = { id, token, outcome: { kind: 'complete', result: { ok: true } } } as const;
      deepEqual(await store.settle([{ ...end, lines: [{ at, level: 'warn', message: 'done' }] }]), [true]);
      deepEqual(await store.settle([end]), [false]);
      partialDeepStrictEqual(await other.get(id), { state: 'completed', result: { ok: true }, workerId: null });
      const lines = await other.logs(id);
      deepEqual(
        lines.map(({ at: when, level, message }) => [when, level, message]),
        [
          [at, 'info', 'half'],
          [at, 'warn', 'done'],
        ],
      );
      deepEqual((await other.logs(id, { after: lines[0]?.number })).length, 1);
    },
  },
  {
    title: 'a job whose worker is not heard of goes to the next one, and the first can change nothing any more',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const id = await addOne(store, { maxAttempts: 2 });
      const first = await claimOne(store, 'w1');
      clock.set(START_MS + 9_000);
      deepEqual(await store.beat([{ id, token: first.token }], 10_000), ['go-on']);
      clock.set(START_MS + 18_000);
      deepEqual(await claimAll(store, 'w2'), []);
      clock.set(START_MS + 19_001);
      const second = await claimOne(store, 'w2');
      equal(second.token > first.token, true);
      deepEqual(await store.beat([{ id, token: first.token }], 10_000), ['lost']);
      deepEqual(await store.settle([{ id, token: first.token, outcome: { kind: 'complete', result: 1 } }]), [false]);
      partialDeepStrictEqual(await store.get(id), { state: 'running', workerId: 'w2', attempts: 2, result: null });
      clock.set(START_MS + 60_000);
      deepEqual(await claimAll(store, 'w3'), []);
      partialDeepStrictEqual(await store.get(id), { state: 'failed', error: { code: 'jobs.worker-died' } });
    },
  },
  {
    title: 'a clock that was set back does not keep a job with a dead worker for long',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const id = await addOne(store);
      await claimOne(store, 'w1');
      clock.set(START_MS - 86_400_000);
      await claimAll(store, 'w2');
      clock.set(START_MS - 86_400_000 + 10_001);
      deepEqual(
        (await claimAll(store, 'w2')).map(({ job }) => job.id),
        [id],
      );
    },
  },
  {
    title: 'a failed attempt waits longer each time, and the last one fails the job',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const id = await addOne(store, { maxAttempts: 3, backoffMs: 1_000 });
      for (const [attempt, waitMs] of [
        [1, 1_000],
        [2, 2_000],
      ] as const) {
        const { token } = await claimOne(store);
        await store.settle([{ id, token, outcome: { kind: 'fail', error, final: false } }]);
        partialDeepStrictEqual(await store.get(id), { state: 'pending', attempts: attempt, error });
        clock.set(clock.now() + waitMs - 1);
        deepEqual(await claimAll(store), []);
        clock.set(clock.now() + 1);
      }
      const { token } = await claimOne(store);
      await store.settle([{ id, token, outcome: { kind: 'fail', error, final: false } }]);
      partialDeepStrictEqual(await store.get(id), { state: 'failed', attempts: 3, error });
    },
  },
  {
    title: 'handing back, waiting and postponing use up no attempt; a final failure uses up all',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const id = await addOne(store, { maxAttempts: 1 });
      const waiting = { reason: 'gate', url: 'https://hub.example/a' } as const;
      const settle = async (outcome: Parameters<typeof store.settle>[0][number]['outcome']): Promise<void> => {
        const { token } = await claimOne(store);
        deepEqual(await store.settle([{ id, token, outcome }]), [true]);
      };
      await settle({ kind: 'release' });
      await settle({ kind: 'postpone', delayMs: 5_000 });
      deepEqual(await claimAll(store), []);
      clock.set(START_MS + 5_000);
      await settle({ kind: 'wait-for-user', waiting });
      partialDeepStrictEqual(await store.get(id), { state: 'waiting-for-user', attempts: 0, waiting });
      deepEqual(await store.resume([id]), [id]);
      await settle({ kind: 'pause' });
      partialDeepStrictEqual(await store.get(id), { state: 'paused', waiting: null });
      await store.resume([id]);
      await settle({ kind: 'fail', error, final: true });
      equal((await store.get(id)).state, 'failed');
    },
  },
];
