/**
 * Waits for a promise no longer than a signal allows: for what takes no signal itself, or may ignore it. What it gives later
 * is left alone.
 *
 * @throws what the promise rejects with, and `signal.reason`
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
