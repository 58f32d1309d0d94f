import { describe, expect, it } from 'vitest';
import { groupedInTurns, inTurns, keyedInTurns, sortedInTurns } from './in-turns.ts';

/** Turns of the event loop that others had while something was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  await work();
  clearImmediate(next);
  return turns;
}

/** Keeps the thread at work. */
function workFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const numbers = Array.from({ length: 2_000 }, (_, index) => (index * 7_919) % 2_000);

describe('work in turns', () => {
  it('goes through all items in their order, and lets others have their turn', async () => {
    const seen: number[] = [];
    const turns = await turnsDuring(async () => {
      for await (const some of inTurns(numbers)) {
        seen.push(...some);
        workFor(1);
      }
    });
    expect(seen).toEqual(numbers);
    expect(turns).toBeGreaterThanOrEqual(7);
  });

  it('ends when the signal says so', async () => {
    const controller = new AbortController();
    const work = async (): Promise<void> => {
      for await (const some of inTurns(numbers, { signal: controller.signal }))
        if (some.length > 0) controller.abort('enough');
    };
    await expect(work()).rejects.toBe('enough');
  });

  it('sorts as toSorted does, with equals in their order', async () => {
    const items = numbers.map((number, at) => ({ number: number % 50, at }));
    const compare = (left: { number: number }, right: { number: number }): number => left.number - right.number;
    for (const list of [items, items.toReversed(), items.toSorted(compare), items.slice(0, 251), items.slice(0, 1), []])
      expect(await sortedInTurns(list, compare)).toEqual(list.toSorted(compare));
    const slowly = (left: { number: number }, right: { number: number }): number => {
      workFor(0.02);
      return compare(left, right);
    };
    expect(await turnsDuring(() => sortedInTurns(items, slowly))).toBeGreaterThanOrEqual(7);
  });

  it('groups and keys as Map.groupBy and Map do', async () => {
    const keyOf = (number: number): number => number % 3;
    expect(await groupedInTurns(numbers, keyOf)).toEqual(Map.groupBy(numbers, keyOf));
    expect(await keyedInTurns(numbers, keyOf)).toEqual(new Map(numbers.map((number) => [keyOf(number), number])));
  });
});
