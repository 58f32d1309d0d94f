import { onAbort, systemClock, type Clock } from '@modelkeep/core';
import type { AdjustableRateLimiter } from './byte-rate-limiter.ts';
import { requireRate } from './require-rate.ts';

/** What an idle limiter saves up, in milliseconds of its rate: short enough to be no burst that anybody notices. */
const BURST_MS = 100;
const passed: Promise<void> = Promise.resolve();
/** Nobody sees it; an abort without a reason makes an exception with a stack. */
const AWAKE = 'awake';

/** How fast {@link createByteRateLimiter} lets bytes pass. */
export interface ByteRateLimiterOptions {
  /** Above 0; null: no limit. @default null */
  readonly bytesPerSecond?: number | null | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

interface Waiter {
  leftBytes: number;
  readonly pass: () => void;
}

/**
 * A token bucket. Takers are served strictly in order, a large one in portions as they come in; a tenth of a second of
 * the rate is saved up while nobody asks.
 *
 * @throws `core.invalid-argument` for a rate that is not above 0
 */
export function createByteRateLimiter(options: ByteRateLimiterOptions = {}): AdjustableRateLimiter {
  const { clock = systemClock } = options;
  const waiting = new Set<Waiter>();
  let rate = requireRate(options.bytesPerSecond ?? null);
  let savedBytes = rate === null ? 0 : burstOf(rate);
  let savedAtMs = clock.monotonicMs();
  let nap = new AbortController();
  let isServing = false;

  const save = (): void => {
    const nowMs = clock.monotonicMs();
    if (rate !== null) {
      const [first] = waiting;
      const most = burstOf(rate) + (first?.leftBytes ?? 0);
      savedBytes = Math.min(most, savedBytes + ((nowMs - savedAtMs) / 1_000) * rate);
    }
    savedAtMs = nowMs;
  };
  const letPass = (): void => {
    for (const waiter of waiting) {
      if (rate !== null) {
        const portion = Math.min(waiter.leftBytes, savedBytes);
        waiter.leftBytes -= portion;
        savedBytes -= portion;
        if (waiter.leftBytes > 0) return;
      }
      waiting.delete(waiter);
      waiter.pass();
    }
  };
  const serve = async (): Promise<void> => {
    isServing = true;
    for (;;) {
      save();
      letPass();
      const [first] = waiting;
      if (first === undefined || rate === null) break;
      nap = new AbortController();
      // Woken early when the rate was changed or the first one gave up.
      await clock.sleep(Math.max(1, (first.leftBytes / rate) * 1_000), nap.signal).catch(() => {});
    }
    isServing = false;
  };

  return {
    get bytesPerSecond() {
      return rate;
    },
    setBytesPerSecond(bytesPerSecond) {
      const wanted = requireRate(bytesPerSecond);
      save();
      rate = wanted;
      savedBytes = rate === null ? 0 : Math.min(savedBytes, burstOf(rate));
      nap.abort(AWAKE);
    },
    take(bytes, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      if (rate === null || bytes <= 0) return passed;
      if (waiting.size === 0) {
        save();
        if (savedBytes >= bytes) {
          savedBytes -= bytes;
          return passed;
        }
      }
      return new Promise((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(waiter);
          nap.abort(AWAKE);
          reject(signal?.reason as Error);
        };
        const waiter: Waiter = {
          leftBytes: bytes,
          pass: () => {
            endWait?.();
            resolve();
          },
        };
        const endWait = signal === undefined ? undefined : onAbort(signal, giveUp);
        waiting.add(waiter);
        if (!isServing) void serve();
      });
    },
  };
}

function burstOf(bytesPerSecond: number): number {
  return (bytesPerSecond * BURST_MS) / 1_000;
}
