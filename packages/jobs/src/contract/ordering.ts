import { deepEqual, equal, partialDeepStrictEqual } from 'node:assert/strict';
import { type ContractCase, settableClock } from '@modelkeep/core';
import type { JobsHarness } from './jobs-harness.ts';
import { addOne, claimAll, claimOne, START_MS } from './made-jobs.ts';

const failed = { kind: 'fail', final: true, error: { name: 'Error', message: 'no' } } as const;

/** @internal What goes first, and what waits for what. */
export const ordering: readonly ContractCase<JobsHarness>[] = [
  {
    title: 'higher priority goes first, then the older; nothing before its time',
    async run({ open }) {
      const clock = settableClock(START_MS);
      const store = await open({ clock });
      const low = await addOne(store, { priority: -1 });
      const later = await addOne(store, { runAtMs: START_MS + 1_000 });
      const first = await addOne(store);
      const second = await addOne(store);
      const high = await addOne(store, { priority: 9 });
      const ids = async (): Promise<readonly string[]> => (await claimAll(store)).map(({ job }) => job.id);
      deepEqual(await ids(), [high, first, second, low]);
      clock.set(START_MS + 1_000);
      deepEqual(await ids(), [later]);
    },
  },
  {
    title: 'of a lane no more are given than have room, of a type no more than are asked for',
    async run({ open }) {
      const store = await open();
      for (let count = 0; count < 4; count++) await addOne(store, { lane: 'a' });
      await addOne(store, { lane: 'b' });
      await addOne(store, { type: 'hash', lane: 'a' });
      await addOne(store);
      const lanes = async (taken: Record<string, number>, limit = 10): Promise<readonly (string | null)[]> => {
        const types = ['scan', 'hash'].map((type) => ({ type, limit }));
        const claimed = await store.claim({ workerId: 'w', leaseMs: 10_000, types, lanes: { limit: 2, taken } });
        return claimed.map(({ job }) => job.lane).toSorted((a, b) => (a ?? 'z').localeCompare(b ?? 'z'));
      };
      deepEqual(await lanes({ a: 1 }), ['a', 'b', null]);
      deepEqual(await lanes({ a: 2 }), []);
      deepEqual(await lanes({}, 1), ['a']);
      deepEqual(await lanes({}, 0), []);
      // One with more room than the others have in common.
      deepEqual(await lanes({ a: -1 }), ['a', 'a', 'a']);
    },
  },
  {
    title: 'a job waits until those before it are completed',
    async run({ open }) {
      const store = await open();
      const download = await addOne(store);
      const other = await addOne(store, { type: 'hash' });
      const verify = await addOne(store, { after: [download, other, download] });
      const map = await addOne(store, { after: [verify] });
      partialDeepStrictEqual(await store.get(verify), { state: 'pending', blockedBy: 2, after: [download, other] });
      const end = async (type = 'scan'): Promise<string | undefined> => {
        const [claimed] = await claimAll(store, 'w', type);
        if (claimed === undefined) return undefined;
        await store.settle([{ id: claimed.job.id, token: claimed.token, outcome: { kind: 'complete', result: null } }]);
        return claimed.job.id;
      };
      equal(await end(), download);
      equal(await end(), undefined);
      equal(await end('hash'), other);
      equal(await end(), verify);
      equal(await end(), map);
      const late = await addOne(store, { after: [map] });
      equal(await end(), late);
    },
  },
  {
    title: 'what waits for a job fails or is cancelled with it, and is tried again with it',
    async run({ open }) {
      const store = await open();
      const states = async (...ids: readonly string[]): Promise<readonly string[]> =>
        Promise.all(ids.map(async (id) => (await store.get(id)).state));
      const a = await addOne(store);
      const b = await addOne(store, { after: [a] });
      const c = await addOne(store, { after: [b] });
      const { token } = await claimOne(store);
      await store.settle([{ id: a, token, outcome: failed }]);
      deepEqual(await states(a, b, c), ['failed', 'failed', 'failed']);
      partialDeepStrictEqual((await store.get(c)).error, { code: 'jobs.dependency-failed' });
      deepEqual([...(await store.retry([c]))].toSorted(), [a, b, c].toSorted());
      deepEqual(await states(a, b, c), ['pending', 'pending', 'pending']);
      deepEqual(
        (await claimAll(store)).map(({ job }) => job.id),
        [a],
      );
      const late = await addOne(store, { after: [b] });
      await store.cancel([b]);
      deepEqual(await states(b, c, late), ['cancelled', 'cancelled', 'cancelled']);
      const after = await addOne(store, { after: [c] });
      deepEqual(await states(after), ['cancelled']);
    },
  },
];
