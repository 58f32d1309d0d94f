import { createLatestValue, type Clock, type LatestValue } from '@modelkeep/core';

const INTERVAL_MS = 100;
/** Nobody sees it; an abort without a reason makes an exception with a stack, for each small file. */
const ENDED = 'ended';

/** @internal A value that is told to listeners at most ten times a second. */
export interface ThrottledValue<T> {
  /** `current` is always what `read` says. */
  readonly value: LatestValue<T>;
  /** Something has changed. The latest is never told more than a tenth of a second late. */
  touch(): void;
  /** Tells the last value at once. */
  end(): void;
}

/** @internal */
export interface ThrottledValueOptions<T> {
  readonly clock: Clock;
  readonly read: () => T;
}

/** @internal */
export function createThrottledValue<T>({ clock, read }: ThrottledValueOptions<T>): ThrottledValue<T> {
  const source = createLatestValue<T>(read());
  let nextMs = Number.NEGATIVE_INFINITY;
  let waiting: AbortController | undefined;
  let isOver = false;

  const tell = (): void => {
    nextMs = clock.monotonicMs() + INTERVAL_MS;
    source.set(read());
  };
  return {
    value: {
      get current() {
        return read();
      },
      subscribe: (listener) => source.subscribe(listener),
      [Symbol.asyncIterator]: () => source[Symbol.asyncIterator](),
    },
    touch() {
      if (waiting !== undefined || isOver) return;
      const waitMs = nextMs - clock.monotonicMs();
      if (waitMs <= 0) {
        tell();
        return;
      }
      waiting = new AbortController();
      const tellNow = (): void => {
        waiting = undefined;
        if (!isOver) tell();
      };
      // The wait ends early with the value itself.
      clock.sleep(waitMs, waiting.signal).then(tellNow, () => {});
    },
    end() {
      if (isOver) return;
      isOver = true;
      waiting?.abort(ENDED);
      tell();
      source.end();
    },
  };
}
