import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { createThrottle, type ThrottleWaitOptions } from './throttle.ts';

const url = new URL('https://hub.example/api/models');
const usedUp = { ratelimit: '"api";r=0;t=400' };

const waiting = (sleep: (ms: number) => Promise<void>): ThrottleWaitOptions => ({
  maxWaitMs: 600_000,
  jitterMs: () => 0,
  sleep,
});

describe('createThrottle', () => {
  it('counts the waits of one request together', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    throttle.note(url, 200, usedUp);
    const wait = throttle.wait(
      url,
      waiting(async (ms) => {
        await clock.sleep(ms);
        throttle.note(url, 200, usedUp);
      }),
    );
    expect((await caught('network.rate-limited', wait)).facts.retryAfterMs).toBe(400_000);
    expect(clock.sleeps).toEqual([400_000]);
  });

  it('waits again when it was woken too early', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    throttle.note(url, 200, usedUp);
    await throttle.wait(
      url,
      waiting((ms) => clock.sleep(Math.min(ms, 150_000))),
    );
    expect(clock.sleeps).toEqual([150_000, 150_000, 100_000]);
  });

  it('throws what ends the wait', async () => {
    const throttle = createThrottle(createTestClock());
    throttle.note(url, 429, { 'retry-after': '5' });
    const reason = { why: 'aborted' };
    await expect(
      throttle.wait(
        url,
        waiting(() => Promise.reject(reason)),
      ),
    ).rejects.toBe(reason);
  });

  it('remembers a bounded number of limits', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    for (let index = 0; index < 1_001; index += 1) {
      throttle.note(new URL(`https://hub-${index}.example/`), 429, { 'retry-after': '5' });
    }
    await throttle.wait(
      new URL('https://hub-0.example/'),
      waiting((ms) => clock.sleep(ms)),
    );
    expect(clock.sleeps).toEqual([]);
    await throttle.wait(
      new URL('https://hub-1.example/'),
      waiting((ms) => clock.sleep(ms)),
    );
    expect(clock.sleeps).toEqual([5_000]);
  });
});
