import { createTurns, type Turns } from './turns.ts';

/** @internal Small calls at once: enough to keep libuv's threads at work while this one is waited for. */
export const SMALL_CALLS_AT_ONCE = 64;

/** @internal How a list is worked through. */
export interface MapWithLimitOptions<T, R> {
  readonly limit: number;
  /** What is answered at once, and not as a promise, costs no turn of its own. */
  readonly run: (item: T, index: number) => R | Promise<R>;
  /** Of the work that this list is a part of. @default the work begins here */
  readonly turns?: Turns | undefined;
}

/** @internal Runs at most `limit` at once; results in the order of the items. The first failure is thrown when all have ended. */
export async function mapWithLimit<T, R>(items: readonly T[], options: MapWithLimitOptions<T, R>): Promise<R[]> {
  const { limit, run, turns = createTurns() } = options;
  const results = Array.from<R>({ length: items.length });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      const turn = turns.due();
      if (turn !== null) await turn;
      const result = run(items[index] as T, index);
      results[index] = result instanceof Promise ? await result : result;
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, work);
  for (const outcome of await Promise.allSettled(workers)) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}
