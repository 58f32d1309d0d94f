/** Does equal work that is asked for at the same time once. */
export interface Coalescer<T> {
  /**
   * Joins the work under way for a key, or starts it. Each caller's signal ends that caller's wait at once; the work's own
   * signal aborts when nobody waits any more. Every caller gets the result or the error.
   */
  run(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Shared<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** A coalescer with nothing under way. */
export function createCoalescer<T>(): Coalescer<T> {
  const underWay = new Map<string, Shared<T>>();

  const start = (key: string, work: (signal: AbortSignal) => Promise<T>): Shared<T> => {
    const controller = new AbortController();
    const shared: Shared<T> = { promise: work(controller.signal), controller, waiting: 0 };
    underWay.set(key, shared);
    const forget = (): void => {
      if (underWay.get(key) === shared) underWay.delete(key);
    };
    shared.promise.then(forget, forget);
    return shared;
  };
  const leave = (key: string, shared: Shared<T>, reason: unknown): void => {
    shared.waiting -= 1;
    if (shared.waiting > 0) return;
    if (underWay.get(key) === shared) underWay.delete(key);
    shared.controller.abort(reason);
  };

  return {
    run(key, signal, work) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      const shared = underWay.get(key) ?? start(key, work);
      shared.waiting += 1;
      if (signal === undefined) return shared.promise;
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          leave(key, shared, signal.reason);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        shared.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
  };
}
