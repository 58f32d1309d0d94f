/** @internal As many small calls as keep the system's threads busy. */
export const SMALL_CALLS_AT_ONCE = 8;

/** @internal How {@link forEach} goes through a list. */
export interface ForEachOptions {
  /** Items that are worked on at the same time. */
  readonly atOnce: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Works on all items, several at once. After the first failure no other is begun; it is thrown when nothing is
 * under way any more.
 *
 * @throws `signal.reason`
 */
export async function forEach<T>(
  items: readonly T[],
  work: (item: T, position: number) => Promise<void>,
  { atOnce, signal }: ForEachOptions,
): Promise<void> {
  const iterator = items.entries();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const [position, item] of iterator) {
      if (failure !== undefined) return;
      try {
        signal?.throwIfAborted();
        await work(item, position);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
}
