import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/test-server.ts';
import { createRateWatch } from './rate-watch.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function watched(minimum: Parameters<typeof createRateWatch>[0]): {
  readonly watch: ReturnType<typeof createRateWatch>;
  readonly calls: { value: number };
} {
  const calls = { value: 0 };
  return { calls, watch: createRateWatch(minimum, () => void (calls.value += 1)) };
}

describe('createRateWatch', () => {
  it('calls once when a window is over with too little', async () => {
    const { watch, calls } = watched({ bytesPerSecond: 1_000, windowMs: 80 });
    watch.start();
    watch.count(79);
    await until(() => calls.value > 0);
    await wait(150);
    expect(calls.value).toBe(1);
  });

  it('judges each window for itself', async () => {
    const { watch, calls } = watched({ bytesPerSecond: 1_000, windowMs: 80 });
    watch.start();
    watch.count(1_000_000);
    await until(() => calls.value > 0);
    expect(calls.value).toBe(1);
  });

  it('counts no time while the reader takes it', async () => {
    const { watch, calls } = watched({ bytesPerSecond: 1_000, windowMs: 80 });
    watch.start();
    watch.pause();
    watch.pause();
    await wait(200);
    expect(calls.value).toBe(0);
    watch.resume();
    watch.resume();
    await until(() => calls.value > 0);
  });

  it('keeps the part of a step that had passed before a pause', async () => {
    const { watch, calls } = watched({ bytesPerSecond: 1_000, windowMs: 400 });
    const startedAt = performance.now();
    watch.start();
    // No stretch is as long as a step of 50 ms.
    while (calls.value === 0) {
      await wait(20);
      watch.pause();
      watch.resume();
      if (performance.now() - startedAt > 5_000) throw new Error('The window is never over');
    }
    watch.stop();
  });

  it('takes a blocked event loop for no more than a step', async () => {
    const { watch, calls } = watched({ bytesPerSecond: 1_000, windowMs: 800 });
    watch.start();
    const end = performance.now() + 900;
    while (performance.now() < end);
    await wait(50);
    expect(calls.value).toBe(0);
    watch.stop();
  });

  it.each([
    { bytesPerSecond: 0, windowMs: 10 },
    { bytesPerSecond: 1, windowMs: 0 },
    { bytesPerSecond: 1, windowMs: Infinity },
  ])('has no limit with %j', async (minimum) => {
    const { watch, calls } = watched(minimum);
    watch.start();
    await wait(50);
    expect(calls.value).toBe(0);
  });

  it('is over when it is stopped, even in its last turn', async () => {
    const { watch, calls } = watched({ bytesPerSecond: 1_000, windowMs: 16 });
    watch.start();
    watch.stop();
    watch.start();
    await wait(60);
    expect(calls.value).toBe(0);
  });
});
