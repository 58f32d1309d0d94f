import { systemClock, type Clock } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createByteRateLimiter } from './create-byte-rate-limiter.ts';

/** Sleeping takes no time, but the clock says so. */
function fakeClock(): Clock & { nowMs: number } {
  const clock = {
    nowMs: 0,
    now: () => clock.nowMs,
    monotonicMs: () => clock.nowMs,
    async sleep(ms: number, signal?: AbortSignal) {
      await Promise.resolve();
      signal?.throwIfAborted();
      clock.nowMs += ms;
    },
  };
  return clock;
}

/** Never wakes by itself. */
function stoppedClock(): Clock & { nowMs: number } {
  const clock = fakeClock();
  clock.sleep = (_ms, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  return clock;
}

describe('a rate limiter', () => {
  it.each([1_000, 1_000_000, 80_000_000])(
    'lets %i bytes a second pass, within 10 %% over two seconds',
    async (rate) => {
      const clock = fakeClock();
      const limiter = createByteRateLimiter({ bytesPerSecond: rate, clock });
      let passedBytes = 0;
      const passedAt: { readonly ms: number; readonly bytes: number }[] = [];
      while (clock.nowMs < 10_000) {
        await limiter.take(65_536);
        passedBytes += 65_536;
        passedAt.push({ ms: clock.nowMs, bytes: passedBytes });
        if (rate === 1_000 && passedAt.length === 3) break;
      }
      expect(passedBytes).toBeLessThanOrEqual((clock.nowMs / 1_000) * rate + rate * 0.1 + 1);
      expect(passedBytes).toBeGreaterThanOrEqual((clock.nowMs / 1_000) * rate * 0.99);
      for (const from of passedAt) {
        const until = passedAt.findLast(({ ms }) => ms <= from.ms + 2_000);
        expect((until?.bytes ?? 0) - from.bytes).toBeLessThanOrEqual(2 * rate * 1.1);
      }
    },
  );

  it('costs nothing without a limit', async () => {
    const limiter = createByteRateLimiter();
    expect(limiter.bytesPerSecond).toBeNull();
    expect(limiter.take(1e12)).toBe(limiter.take(5));
    await limiter.take(1e12);
  });

  it('serves who asked first, a large one as well', async () => {
    const limiter = createByteRateLimiter({ bytesPerSecond: 1_000, clock: fakeClock() });
    const order: string[] = [];
    const take = async (name: string, bytes: number): Promise<void> => {
      await limiter.take(bytes);
      order.push(name);
    };
    await Promise.all([take('a', 5_000), take('b', 1), take('c', 2_000), take('d', 10)]);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('saves up no more than a tenth of a second while nobody asks', async () => {
    const clock = fakeClock();
    const limiter = createByteRateLimiter({ bytesPerSecond: 1_000, clock });
    clock.nowMs = 3_600_000;
    await limiter.take(1_100);
    expect(clock.nowMs).toBe(3_601_000);
  });

  it('lets go of who gives up, with the reason, and goes on with the next', async () => {
    const clock = fakeClock();
    const limiter = createByteRateLimiter({ bytesPerSecond: 1_000, clock });
    const reason = new Error('enough');
    await expect(limiter.take(1, AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const first = limiter.take(1_000_000_000, stop.signal);
    const second = limiter.take(1);
    stop.abort(reason);
    await expect(first).rejects.toBe(reason);
    await second;
    expect(clock.nowMs).toBeLessThan(1_000_000_000);
  });

  it('takes a new rate at once, for those that wait as well', async () => {
    const clock = stoppedClock();
    const limiter = createByteRateLimiter({ bytesPerSecond: 10, clock });
    const waiting = [limiter.take(1e9), limiter.take(1e9)];
    await Promise.resolve();
    limiter.setBytesPerSecond(null);
    await Promise.all(waiting);

    limiter.setBytesPerSecond(1e-3);
    const slow = limiter.take(100);
    clock.nowMs += 1_000;
    limiter.setBytesPerSecond(1_000);
    clock.nowMs += 100;
    limiter.setBytesPerSecond(2_000);
    await slow;
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a rate of %d', (bytesPerSecond) => {
    const refusal = expect.objectContaining({ code: 'core.invalid-argument' });
    expect(() => createByteRateLimiter({ bytesPerSecond })).toThrow(refusal);
    expect(() => createByteRateLimiter().setBytesPerSecond(bytesPerSecond)).toThrow(refusal);
  });

  it('keeps the rate with the clock of the system and many takers', async () => {
    const limiter = createByteRateLimiter({ bytesPerSecond: 2_000_000 });
    const startMs = systemClock.monotonicMs();
    const taker = async (): Promise<void> => {
      for (let count = 0; count < 5; count += 1) await limiter.take(50_000);
    };
    await Promise.all([taker(), taker(), taker(), taker()]);
    // A million bytes, a fifth of which was saved up.
    expect(systemClock.monotonicMs() - startMs).toBeGreaterThanOrEqual(390);
  });
});
