import type { Clock } from '@modelkeep/core';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Goes on, and lets everything happen that was waiting for it. */
  advance(ms: number): Promise<void>;
}

/** Starts at 1,000. */
export function createManualClock(): ManualClock {
  let nowMs = 1_000;
  const sleeping = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleeping.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...sleeping].sort((a, b) => a.untilMs - b.untilMs);
        if (next === undefined || next.untilMs > endMs) break;
        sleeping.delete(next);
        nowMs = Math.max(nowMs, next.untilMs);
        next.wake();
        await settle();
      }
      nowMs = endMs;
      await settle();
    },
  };
}
