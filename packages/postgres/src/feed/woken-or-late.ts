import { systemClock } from '@modelkeep/core';

/** @internal Waits to be woken, and not longer than so. @throws `signal.reason` */
export async function wokenOrLate(
  woken: Promise<void>,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([woken, systemClock.sleep(waitMs, AbortSignal.any([signal, over.signal]))]);
    signal.throwIfAborted();
  } finally {
    over.abort();
  }
}
