import type { Operation } from '@modelkeep/core';

/** @internal The long operations of an open library: closing waits for them, then pauses what is left. */
export interface RunningOperations {
  /** Aborts when the library closes. */
  readonly signal: AbortSignal;
  /** Aborts when closing begins, while operations are still given time to end: who only waits for a person ends now. */
  readonly leaving: AbortSignal;
  /** The caller's signal joined with the library's. */
  join(signal: AbortSignal | undefined): AbortSignal;
  track<O extends Pick<Operation<unknown>, 'result'>>(operation: O): O;
  /** Gives running operations `drainMs` to end, then aborts them, and returns when all have let go. */
  drain(drainMs: number): Promise<void>;
}

/** @internal */
export function createRunningOperations(sleep: (ms: number, signal: AbortSignal) => Promise<void>): RunningOperations {
  const closing = new AbortController();
  const leaving = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    signal: closing.signal,
    leaving: leaving.signal,
    join: (signal) => (signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])),
    track(operation) {
      const settled = Promise.allSettled([operation.result]).finally(() => running.delete(settled));
      running.add(settled);
      return operation;
    },
    async drain(drainMs) {
      const closed = new DOMException('the library was closed', 'AbortError');
      leaving.abort(closed);
      if (running.size > 0 && drainMs > 0) {
        const waited = new AbortController();
        const timeout = sleep(drainMs, waited.signal).catch(() => {});
        await Promise.race([Promise.all(running), timeout]);
        waited.abort();
      }
      closing.abort(closed);
      await Promise.all(running);
    },
  };
}
