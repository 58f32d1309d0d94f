/** Runs tasks one after another; one whose signal aborts while it waits is left out. */
export type Queue = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Makes an empty queue. */
export function createQueue(): Queue {
  let tail: Promise<unknown> = Promise.resolve();
  return async (task, signal) => {
    signal?.throwIfAborted();
    const before = tail;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    tail = done;
    try {
      await turnOf(before, signal);
      return await task();
    } finally {
      // One that gave up still lets only those before it finish first.
      void before.then(() => resolve());
    }
  };
}

async function turnOf(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([before, aborted]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
