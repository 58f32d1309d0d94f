import { expect, it } from 'vitest';
import { processSyncTurns } from './process-sync-turns.ts';

it('two at a time wait for drives in the whole process; one that fails makes way like any other', async () => {
  expect(processSyncTurns()).toBe(processSyncTurns());
  const ends: (() => void)[] = [];
  const started: number[] = [];
  const run = (number: number): Promise<number> =>
    processSyncTurns().run(async () => {
      started.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (number === 1) throw new Error('a drive that fails');
      return number;
    });
  const all = [1, 2, 3, 4].map(run);
  const outcomes = Promise.allSettled(all);
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await turn();
  expect(started).toEqual([1, 2]);
  ends.shift()?.();
  await turn();
  expect(started).toEqual([1, 2, 3]);
  while (started.length < 4 || ends.length > 0) {
    ends.shift()?.();
    await turn();
  }
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
