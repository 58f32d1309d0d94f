import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work goes on at a stretch: what follows one stretch may be another one, and both are to be over within 10 ms. */
const STRETCH_MS = 2;
/** Items between two looks at the clock. */
const ITEMS_A_LOOK = 32;

/** @internal Work that leaves others their turns of the event loop, by the time that it takes and not by what it is made of. */
export interface Turns {
  /**
   * What to wait for before the next item, or the next few, when the work has gone on for long enough; null while it may go
   * on.
   */
  due(items?: number): Promise<void> | null;
}

/** @internal The work begins now. */
export function createTurns(nowMs: () => number = () => performance.now()): Turns {
  let sinceMs = nowMs();
  let unseen = 0;
  let turn: Promise<void> | null = null;
  const giveTurn = async (): Promise<void> => {
    await nextTurn();
    sinceMs = nowMs();
    turn = null;
  };
  return {
    due(items = 1) {
      if (turn !== null) return turn;
      unseen += items;
      if (unseen < ITEMS_A_LOOK) return null;
      unseen = 0;
      if (nowMs() - sinceMs >= STRETCH_MS) turn = giveTurn();
      return turn;
    },
  };
}
