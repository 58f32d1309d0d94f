import type { Clock } from '@modelkeep/core';
import { timeoutError } from '../transport/transport-error.ts';

/** The time that one logical request has. */
export interface TimeBudget {
  /** What is left, in whole milliseconds, at least 1; undefined without a limit. @throws `network.timeout` when nothing is */
  leftMs(): number | undefined;
  /** @throws `network.timeout` when a wait of so many milliseconds would take more than what is left */
  spend(ms: number): void;
}

/** Starts the time of a request; 0 means no limit. */
export function createTimeBudget(options: {
  readonly clock: Clock;
  readonly url: URL;
  readonly totalTimeoutMs: number;
}): TimeBudget {
  const { clock, totalTimeoutMs } = options;
  if (totalTimeoutMs <= 0) return { leftMs: () => undefined, spend: () => {} };
  const endsAtMs = clock.monotonicMs() + totalTimeoutMs;
  const leftMs = (): number => {
    const left = Math.ceil(endsAtMs - clock.monotonicMs());
    if (left <= 0) throw timeoutError(options.url.href, 'total', totalTimeoutMs);
    return left;
  };
  return {
    leftMs,
    spend(ms) {
      if (ms >= leftMs()) throw timeoutError(options.url.href, 'total', totalTimeoutMs);
    },
  };
}
