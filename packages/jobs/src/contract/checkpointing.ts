import { deepEqual, equal, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { JobsHarness } from './jobs-harness.ts';
import { addOne, claimAll, claimOne, START_MS } from './made-jobs.ts';

const error = { name: 'Error', message: 'no' };
const checkpoint = { commit: 'a', bytesDone: 1 };

/** @internal What an attempt leaves to the next. */
export const checkpointing: readonly ContractCase<JobsHarness>[] = [
  {
    title: 'a checkpoint is given to the next attempt, and only who has the job changes it',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const other = await open({ clock });
      const id = await addOne(store);
      const first = await claimOne(store, 'w1');
      equal(first.job.checkpoint, null);
      await store.beat([{ id, token: first.token, checkpoint }], 10_000);
      await store.beat([{ id, token: first.token }], 10_000);
      deepEqual((await other.get(id)).checkpoint, checkpoint);
      deepEqual((await other.list()).jobs[0]?.checkpoint, checkpoint);
      clock.set(START_MS + 10_001);
      const second = await claimOne(other, 'w2');
      deepEqual(second.job.checkpoint, checkpoint);
      deepEqual(await store.beat([{ id, token: first.token, checkpoint: 'late' }], 10_000), ['lost']);
      const end = { id, token: first.token, checkpoint: 'late', outcome: { kind: 'release' } } as const;
      deepEqual(await store.settle([end]), [false]);
      deepEqual((await store.get(id)).checkpoint, checkpoint);
      const { token } = second;
      await rejects(other.beat([{ id, token, checkpoint: 'x'.repeat(65_535) }], 10_000), {
        code: 'core.invalid-argument',
      });
      await rejects(other.beat([{ id, token, checkpoint: 1n }], 10_000), { code: 'core.invalid-argument' });
      await other.settle([{ id, token, checkpoint: { commit: 'b' }, outcome: { kind: 'pause' } }]);
      deepEqual((await store.get(id)).checkpoint, { commit: 'b' });
      await store.resume([id]);
      deepEqual((await claimOne(store)).job.checkpoint, { commit: 'b' });
    },
  },
  {
    title: 'attempts count anew after a step forward, which the same checkpoint and none are not',
    async run({ open }) {
      const store = await open();
      const id = await addOne(store, { maxAttempts: 2, backoffMs: 0 });
      const fail = async (saved?: unknown): Promise<void> => {
        const { token } = await claimOne(store);
        const outcome = { kind: 'fail', error, final: false } as const;
        deepEqual(await store.settle([{ id, token, checkpoint: saved, outcome }]), [true]);
      };
      await fail(checkpoint);
      partialDeepStrictEqual(await store.get(id), { state: 'pending', attempts: 1 });
      for (const bytesDone of [2, 3, 4]) {
        await fail({ ...checkpoint, bytesDone });
        partialDeepStrictEqual(await store.get(id), { state: 'pending', attempts: 1 });
      }
      await fail({ bytesDone: 5, commit: 'a' });
      partialDeepStrictEqual(await store.get(id), { state: 'pending', attempts: 1 });
      const { token, job } = await claimOne(store);
      equal(job.attempts, 2);
      // Null forgets it, and is no step.
      await store.beat([{ id, token, checkpoint: null }], 10_000);
      partialDeepStrictEqual(await store.get(id), { checkpoint: null, attempts: 2 });
      await store.beat([{ id, token, checkpoint: [1] }], 10_000);
      partialDeepStrictEqual(await store.get(id), { checkpoint: [1], attempts: 1 });
      await store.settle([{ id, token, outcome: { kind: 'fail', error, final: false } }]);
      await fail([1]);
      partialDeepStrictEqual(await store.get(id), { state: 'failed', attempts: 2, checkpoint: [1] });
    },
  },
  {
    title: 'a job that is tried again by a wish starts without its checkpoint',
    async run({ open }) {
      const store = await open();
      const id = await addOne(store);
      const { token } = await claimOne(store);
      await store.settle([{ id, token, checkpoint, outcome: { kind: 'fail', error, final: true } }]);
      deepEqual((await store.get(id)).checkpoint, checkpoint);
      deepEqual(await store.retry([id]), [id]);
      const [again] = await claimAll(store);
      partialDeepStrictEqual(again?.job ?? {}, { attempts: 1, checkpoint: null });
    },
  },
];
