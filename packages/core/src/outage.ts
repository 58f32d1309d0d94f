import { systemClock, type Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [10_000, 600_000];

/** Says that something which is asked again and again does not answer, and when it does again. */
export interface Outage {
  /** One of the works that ask had no answer. */
  failed(work: string, reason: string): void;
  /** One of the works got its answer, or needs none. */
  answered(work: string): void;
}

/** How an outage is told. */
export interface OutageOptions {
  readonly logger: Logger;
  readonly clock?: Pick<Clock, 'monotonicMs'> | undefined;
  /** What is said when it begins, and again. */
  readonly message: string;
  /** What is said when all works have their answers again. */
  readonly over: string;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** One warning at the beginning, others after pauses that grow from ten seconds to ten minutes, and one line when it is over. */
export function createOutage({ logger, clock = systemClock, message, over, facts }: OutageOptions): Outage {
  const failing = new Set<string>();
  const told = { sinceMs: 0, nextMs: 0, pauseMs: FIRST_PAUSE_MS, failures: 0 };
  return {
    failed(work, reason) {
      const nowMs = clock.monotonicMs();
      if (failing.size === 0)
        Object.assign(told, { sinceMs: nowMs, nextMs: nowMs, pauseMs: FIRST_PAUSE_MS, failures: 0 });
      failing.add(work);
      told.failures += 1;
      if (nowMs < told.nextMs) return;
      logger.warn(message, { ...facts, work, error: reason, failures: told.failures });
      told.nextMs = nowMs + told.pauseMs;
      told.pauseMs = Math.min(LONGEST_PAUSE_MS, told.pauseMs * 2);
    },
    answered(work) {
      if (!failing.delete(work) || failing.size > 0) return;
      const awayMs = Math.round(clock.monotonicMs() - told.sinceMs);
      logger.info(over, { ...facts, awayMs, failures: told.failures });
    },
  };
}
