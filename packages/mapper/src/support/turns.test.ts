import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

/** Work whose items take so long by a clock of their own; after which of them others had their turn. */
async function turnsOf(items: number, itemMs: number): Promise<readonly number[]> {
  let nowMs = 0;
  const turns = createTurns(() => nowMs);
  const at: number[] = [];
  for (let item = 0; item < items; item += 1) {
    let hadTurn = false;
    const other = setImmediate(() => (hadTurn = true));
    const turn = turns.due();
    if (turn !== null) {
      expect(turns.due()).toBe(turn);
      at.push(item);
      await turn;
      expect(hadTurn).toBe(true);
    }
    clearImmediate(other);
    nowMs += itemMs;
  }
  return at;
}

describe('turns of the event loop', () => {
  it('come by the time that the work takes, not by the number of its items', async () => {
    expect(await turnsOf(10_000, 0)).toEqual([]);
    const quick = await turnsOf(10_000, 0.01);
    const slow = await turnsOf(10_000, 0.1);
    expect(quick.length).toBeGreaterThan(30);
    expect(slow.length).toBeGreaterThan(quick.length);
    /* Never more than 5 ms apart, while an item takes a tenth of one. */
    for (const [index, at] of slow.entries()) expect(at - (slow[index - 1] ?? 0)).toBeLessThanOrEqual(50);
  });

  it('are looked for before several items at once as well', () => {
    let nowMs = 0;
    const turns = createTurns(() => nowMs);
    expect(turns.due(1_000)).toBeNull();
    nowMs = 10;
    expect(turns.due(1_000)).toBeInstanceOf(Promise);
  });
});
