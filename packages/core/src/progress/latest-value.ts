/** A value that changes: any number of consumers, each sees the latest and may miss what lay between. */
export interface LatestValue<T> extends AsyncIterable<T> {
  /** The latest value. */
  readonly current: T;
  /** Calls the listener with each new value; the returned function ends that. */
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
  const listeners = new Set<(value: T) => void>();
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
      for (const listener of listeners) listener(value);
      wakeAll();
    },
    end() {
      ended = true;
      listeners.clear();
      wakeAll();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
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
