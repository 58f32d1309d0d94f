import type { Clock } from '@modelkeep/core';

/**
 * Waits on a clock until the time is over or one of the signals aborts.
 *
 * @throws the reason of the signal that aborted
 */
export async function sleepWithin(
  clock: Clock,
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  const either = new AbortController();
  const listeners = signals.map((signal) => {
    const onAbort = (): void => either.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    return () => signal?.removeEventListener('abort', onAbort);
  });
  try {
    either.signal.throwIfAborted();
    await clock.sleep(ms, either.signal);
  } finally {
    for (const remove of listeners) remove();
  }
}
