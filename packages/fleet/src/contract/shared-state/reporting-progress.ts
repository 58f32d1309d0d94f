import { deepEqual, equal, ok, partialDeepStrictEqual, rejects } from 'node:assert/strict';
import { type ContractCase, isModelkeepError, settableClock } from '@modelkeep/core';
import type { StateHarness } from './state-harness.ts';

/** @internal How far downloads are. */
export const reportingProgress: readonly ContractCase<StateHarness>[] = [
  {
    title: 'a change touches the fields that it names; the percentage follows from the bytes',
    async run({ open }) {
      const clock = settableClock(Date.parse('2026-05-04T10:00:00.000Z'));
      const { state } = await open({ clock });
      const { state: other } = await open({ clock });
      const first = await state.progress.update('flux', {});
      partialDeepStrictEqual(first, { status: 'pending', percentage: 0, bytesDone: 0, bytesTotal: 0, error: null });
      equal(first.startedAt, '2026-05-04T10:00:00.000Z');
      clock.set(Date.parse('2026-05-04T10:00:05.000Z'));
      await state.progress.update('flux', { status: 'downloading', bytesTotal: 200 });
      const half = await other.progress.update('flux', { bytesDone: 100 });
      partialDeepStrictEqual(half, {
        status: 'downloading',
        percentage: 50,
        bytesTotal: 200,
        startedAt: first.startedAt,
      });
      equal(half.updatedAt, '2026-05-04T10:00:05.000Z');
      equal((await state.progress.update('flux', { percentage: 45.2 })).percentage, 45.2);
      equal((await state.progress.update('flux', { bytesDone: 150 })).percentage, 75);
      const error = { name: 'Error', message: 'no' };
      const failed = await state.progress.update('flux', { status: 'error', error });
      partialDeepStrictEqual(failed, { error, percentage: 75 });
      deepEqual((await state.progress.update('flux', { status: 'downloading' })).error, error);
      const done = await state.progress.update('flux', { status: 'complete', error: null });
      partialDeepStrictEqual(done, { percentage: 100, error: null });
      deepEqual(await other.progress.list({ keys: ['flux', 'nothing'] }), [done]);
      equal(await other.progress.delete('flux'), true);
      equal(await state.progress.get('flux'), null);
      await Promise.all([state.close(), other.close()]);
    },
  },
  {
    title: 'a compare-and-swap is made by one of many',
    async run({ open }) {
      const opened = await Promise.all([open(), open(), open()]);
      const { version } = await (opened[0] ?? (await open())).state.progress.update('flux', {});
      const tries = opened.flatMap(({ state }) =>
        [1, 2, 3].map((bytesDone) => state.progress.update('flux', { bytesDone }, { ifVersion: version })),
      );
      const settled = await Promise.allSettled(tries);
      const made = settled.filter(({ status }) => status === 'fulfilled');
      equal(made.length, 1);
      for (const one of settled) {
        if (one.status === 'rejected') ok(isModelkeepError(one.reason, 'fleet.conflict'));
      }
      await Promise.all(opened.map(({ state }) => state.close()));
    },
  },
  {
    title: 'no update is lost among many at once: read, add, write where nobody else did',
    async run({ open }) {
      const opened = await Promise.all([open(), open()]);
      const add = async (place: number): Promise<void> => {
        const { progress } = (opened[place] ?? (await open())).state;
        for (;;) {
          const entry = await progress.get('sum');
          const change = { bytesDone: (entry?.bytesDone ?? 0) + 1 };
          try {
            await progress.update('sum', change, { ifVersion: entry?.version ?? 0 });
            return;
          } catch (error) {
            ok(isModelkeepError(error, 'fleet.conflict'));
          }
        }
      };
      await Promise.all(Array.from({ length: 20 }, async (_, number) => add(number % 2)));
      equal((await opened[0]?.state.progress.get('sum'))?.bytesDone, 20);
      await Promise.all(opened.map(({ state }) => state.close()));
    },
  },
  {
    title: 'a failed write among many at once fails alone, and an aborted one is not made',
    async run({ open }) {
      const { state } = await open();
      const reason = new Error('enough');
      const settled = await Promise.allSettled([
        state.progress.update('a', { bytesDone: 1 }),
        state.progress.update('b', { bytesDone: 1 }, { ifVersion: 77 }),
        state.progress.update('c', { bytesDone: 1 }, { signal: AbortSignal.abort(reason) }),
        state.progress.update('d', { bytesDone: -1 }),
        state.progress.update('e', { bytesDone: 1 }),
      ]);
      deepEqual(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'],
      );
      equal((settled[2] as PromiseRejectedResult).reason, reason);
      deepEqual(
        (await state.progress.list()).map(({ key }) => key),
        ['a', 'e'],
      );
      await state.close();
    },
  },
  {
    title: 'what breaks a rule is refused, and an error keeps no credentials',
    async run({ open }) {
      const { state } = await open();
      const broken = [{ status: 'lost' }, { percentage: 101 }, { percentage: Number.NaN }, { bytesTotal: 0.5 }];
      for (const change of broken) {
        await rejects(state.progress.update('a', change as object), { code: 'core.invalid-argument' });
      }
      const message = 'GET https://user:secret@example.test/x?sig=secret failed with Bearer secret';
      const entry = await state.progress.update('a', { error: { name: 'Error', message } });
      ok(entry.error?.message.includes('example.test'));
      ok(!JSON.stringify(entry).includes('secret'));
      await state.close();
    },
  },
];
