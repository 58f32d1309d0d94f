import { deepEqual, equal, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { JobsHarness } from './jobs-harness.ts';
import { addOne, claimAll, claimOne, START_MS } from './made-jobs.ts';

/** @internal What a person wishes, and who is told. */
export const controlling: readonly ContractCase<JobsHarness>[] = [
  {
    title: 'what is pending is held, goes on, and is cancelled at once',
    async run({ open }) {
      const store = await open();
      const id = await addOne(store);
      deepEqual(await store.pause([id, 'none']), [id]);
      deepEqual(await store.pause([id]), []);
      deepEqual(await claimAll(store), []);
      deepEqual(await store.resume([id]), [id]);
      deepEqual(await store.cancel([id]), [id]);
      deepEqual([await store.cancel([id]), await store.resume([id]), await store.pause([id])], [[], [], []]);
      deepEqual(await store.retry([id]), [id]);
      equal((await claimOne(store)).job.id, id);
      deepEqual(await store.retry([id]), []);
    },
  },
  {
    title: 'what runs is told, and ends as was wished',
    async run({ open }) {
      const store = await open();
      const other = await open();
      const id = await addOne(store);
      const first = await claimOne(store);
      deepEqual(await other.pause([id]), [id]);
      deepEqual(await store.beat([{ id, token: first.token }], 10_000), ['pause']);
      await store.settle([{ id, token: first.token, outcome: { kind: 'pause' } }]);
      equal((await other.get(id)).state, 'paused');
      await other.resume([id]);
      const second = await claimOne(store);
      deepEqual(await other.pause([id]), [id]);
      deepEqual(await other.resume([id]), [id]);
      deepEqual(await store.beat([{ id, token: second.token }], 10_000), ['go-on']);
      deepEqual(await other.cancel([id]), [id]);
      deepEqual(await store.beat([{ id, token: second.token }], 10_000), ['cancel']);
      await store.settle([{ id, token: second.token, outcome: { kind: 'release' } }]);
      equal((await other.get(id)).state, 'cancelled');
    },
  },
  {
    title: 'a wish for a job whose worker died comes true',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const id = await addOne(store);
      await claimOne(store);
      await store.cancel([id]);
      clock.set(START_MS + 60_000);
      deepEqual(await claimAll(store, 'w2'), []);
      equal((await store.get(id)).state, 'cancelled');
    },
  },
  {
    title: 'what is over is forgotten after its time, but not what others wait for',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const [over, kept] = [await addOne(store), await addOne(store)];
      const waits = await addOne(store, { type: 'hash', after: [kept] });
      const ends = (await claimAll(store)).map(({ job: { id }, token }) => ({
        id,
        token,
        outcome: { kind: 'complete', result: null } as const,
      }));
      await store.settle(ends);
      equal(await store.prune(1), 0);
      clock.set(START_MS + 1);
      equal(await store.prune(1), 1);
      await rejects(store.get(over), { code: 'jobs.not-found' });
      partialDeepStrictEqual([await store.get(kept), await store.get(waits)], [{ id: kept }, { blockedBy: 0 }]);
    },
  },
  {
    title: 'changes are told after a cursor, to every process that watches, until the signal aborts',
    async run({ open }) {
      const store = await open({ clock: settableClock(START_MS) });
      const other = await open();
      const start = await store.changesSince(null);
      deepEqual([start.changes, start.resync], [[], true]);
      const stop = new AbortController();
      const watched = other.watch({ since: start.cursor, signal: stop.signal })[Symbol.asyncIterator]();
      const id = await addOne(store);
      const next = await watched.next();
      const at = '2026-05-04T10:00:00.000Z';
      deepEqual(next.done === true ? [] : next.value.changes, [{ jobId: id, type: 'scan', state: 'pending', at }]);
      await claimOne(store);
      await store.cancel([id]);
      const page = await other.changesSince(start.cursor);
      deepEqual(
        page.changes.map(({ state }) => state),
        ['pending', 'running'],
      );
      deepEqual((await other.changesSince(page.cursor)).changes, []);
      await rejects(other.changesSince('x'), { code: 'core.invalid-argument' });
      stop.abort(new Error('enough'));
      await rejects(async () => {
        for (;;) await watched.next();
      }, /enough/u);
    },
  },
];
