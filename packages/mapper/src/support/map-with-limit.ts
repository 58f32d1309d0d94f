/** @internal Small calls at once: enough to keep libuv's threads at work while this one is waited for. */
export const SMALL_CALLS_AT_ONCE = 64;

/** @internal How a list is worked through. */
export interface MapWithLimitOptions<T, R> {
  readonly limit: number;
  readonly run: (item: T, index: number) => Promise<R>;
}

/** @internal Runs at most `limit` at once; results in the order of the items. The first failure is thrown when all have ended. */
export async function mapWithLimit<T, R>(items: readonly T[], options: MapWithLimitOptions<T, R>): Promise<R[]> {
  const results = new Map<number, R>();
  const entries = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of entries) results.set(index, await options.run(item, index));
  };
  const workers = Array.from({ length: Math.min(options.limit, items.length) }, work);
  for (const outcome of await Promise.allSettled(workers)) if (outcome.status === 'rejected') throw outcome.reason;
  return items.map((_, index) => results.get(index) as R);
}
