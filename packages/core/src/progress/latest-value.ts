/** A value that changes: any number of consumers, each sees the latest and may miss what lay between. */
export interface LatestValue<T> extends AsyncIterable<T> {
  /** The latest value. */
  readonly current: T;
  /**
   * Calls the listener with each new value; the returned function ends that. Each call is a subscription of its own.
   * What a listener throws is dropped.
   */
  subscribe(listener: (value: T) => void): () => void;
}

/** The writing side of a {@link LatestValue}. */
export interface LatestValueSource<T> extends LatestValue<T> {
  set(value: T): void;
  /** Ends every iteration once the latest value was seen. */
  end(): void;
}

/** @param initial - the value before the first change */
export function createLatestValue<T>(initial: T): LatestValueSource<T> {
  let current = initial;
  let version = 0;
  let ended = false;
  const subscriptions = new Set<{ readonly listener: (value: T) => void }>();
  const waiting = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return {
    get current() {
      return current;
    },
    set(value) {
      if (ended) return;
      current = value;
      version += 1;
      for (const { listener } of subscriptions) {
        try {
          listener(value);
        } catch {
          // Whoever only watches must not fail the operation that reports, nor keep the value from the others.
        }
      }
      wakeAll();
    },
    end() {
      ended = true;
      subscriptions.clear();
      wakeAll();
    },
    subscribe(listener) {
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    async *[Symbol.asyncIterator]() {
      let seen = -1;
      for (;;) {
        if (seen !== version) {
          seen = version;
          yield current;
        } else if (ended) {
          return;
        } else {
          await new Promise<void>((resolve) => waiting.add(resolve));
        }
      }
    },
  };
}
