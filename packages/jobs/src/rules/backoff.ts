/** @internal The longest wait between two attempts. */
const MAX_BACKOFF_MS = 3_600_000;

/** How long is waited before the next attempt. @param attempts - those that were made, 1 at least */
export function backoffAfter(attempts: number, backoffMs: number): number {
  return Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** Math.min(30, attempts - 1));
}
