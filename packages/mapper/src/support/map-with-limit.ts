import { setImmediate as nextTurn } from 'node:timers/promises';

/** @internal Small calls at once: enough to keep libuv's threads at work while this one is waited for. */
export const SMALL_CALLS_AT_ONCE = 64;

/** Items between two turns of the event loop: calls that wait for nothing would take all of them in one go. */
const ITEMS_A_TURN = 250;

/** @internal How a list is worked through. */
export interface MapWithLimitOptions<T, R> {
  readonly limit: number;
  /** What is answered at once, and not as a promise, costs no turn of its own. */
  readonly run: (item: T, index: number) => R | Promise<R>;
}

/** @internal Runs at most `limit` at once; results in the order of the items. The first failure is thrown when all have ended. */
export async function mapWithLimit<T, R>(items: readonly T[], options: MapWithLimitOptions<T, R>): Promise<R[]> {
  const results = Array.from<R>({ length: items.length });
  const entries = items.entries();
  let turn: Promise<void> | null = null;
  const giveTurn = async (): Promise<void> => {
    await nextTurn();
    turn = null;
  };
  const work = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (index % ITEMS_A_TURN === ITEMS_A_TURN - 1) turn ??= giveTurn();
      if (turn !== null) await turn;
      const result = options.run(item, index);
      results[index] = result instanceof Promise ? await result : result;
    }
  };
  const workers = Array.from({ length: Math.min(options.limit, items.length) }, work);
  for (const outcome of await Promise.allSettled(workers)) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}
