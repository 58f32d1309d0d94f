import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapWithLimit } from './map-with-limit.ts';

describe('mapWithLimit', () => {
  it('answers in the order of the items and runs no more at once than it may', async () => {
    let running = 0;
    let most = 0;
    const run = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      for (let index = item; index < 5; index += 1) await turn();
      running -= 1;
      return item * 2;
    };
    expect(await mapWithLimit([1, 2, 3, 4, 5], { limit: 2, run })).toEqual([2, 4, 6, 8, 10]);
    expect(most).toBe(2);
    expect(await mapWithLimit([], { limit: 2, run })).toEqual([]);
  });

  it('gives the event loop a turn, also where nothing is waited for', async () => {
    const items = Array.from({ length: 1_000 }, (_, index) => index);
    let turns = 0;
    let done = 0;
    const count = (): void => {
      turns += 1;
      if (done < items.length) setImmediate(count);
    };
    setImmediate(count);
    const found = await mapWithLimit(items, {
      limit: 64,
      run: async (item) => {
        done += 1;
        const end = performance.now() + 0.05;
        while (performance.now() < end);
        return item;
      },
    });
    expect(found).toEqual(items);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('fails when nothing runs any more', async () => {
    let ended = 0;
    const run = async (item: number): Promise<void> => {
      if (item === 0) throw new Error('first');
      await turn();
      ended += 1;
    };
    await expect(mapWithLimit([0, 1, 2], { limit: 2, run })).rejects.toThrow('first');
    expect(ended).toBe(2);
  });
});
