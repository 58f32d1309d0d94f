import { expect, it } from 'vitest';
import { forEach } from './for-each.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('works on so many at once, and on all', async () => {
  const seen: [string, number][] = [];
  let running = 0;
  let most = 0;
  await forEach(
    ['a', 'b', 'c', 'd', 'e'],
    async (item, position) => {
      running += 1;
      most = Math.max(most, running);
      await tick();
      running -= 1;
      seen.push([item, position]);
    },
    { atOnce: 2 },
  );
  expect(most).toBe(2);
  expect(Object.fromEntries(seen)).toEqual({ a: 0, b: 1, c: 2, d: 3, e: 4 });
  await forEach([], () => Promise.reject(new Error('never')), { atOnce: 8 });
});

it('throws the first failure when nothing runs any more, and begins nothing after it', async () => {
  const ended: number[] = [];
  const working = forEach(
    [0, 1, 2, 3],
    async (item) => {
      await tick();
      if (item === 0) throw new Error('first');
      await tick();
      ended.push(item);
      if (item === 1) throw new Error('second');
    },
    { atOnce: 2 },
  );
  await expect(working).rejects.toThrow('first');
  expect(ended).toEqual([1]);
});

it('stops with the reason of the signal', async () => {
  const reason = new Error('enough');
  const never = forEach([1], () => Promise.reject(new Error('never')), {
    atOnce: 1,
    signal: AbortSignal.abort(reason),
  });
  await expect(never).rejects.toBe(reason);
});
