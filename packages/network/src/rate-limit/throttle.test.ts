import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { createThrottle, type Throttle, type ThrottleWaitOptions } from './throttle.ts';

const url = new URL('https://hub.example/api/models');
const usedUp = { ratelimit: '"api";r=0;t=400' };
const policy = { 'ratelimit-policy': '"fixed window";"api";q=500;w=300' };

const waiting = (sleep: (ms: number) => Promise<void>): ThrottleWaitOptions => ({
  maxWaitMs: 600_000,
  jitterMs: () => 0,
  sleep,
});

/** A request that was answered with these headers. */
const note = async (throttle: Throttle, headers: Record<string, string>, at = url, status = 200): Promise<void> => {
  const turn = await throttle.enter(
    at,
    waiting(() => Promise.reject(new Error('no wait was expected'))),
  );
  turn.answered(status, headers);
};

describe('createThrottle', () => {
  it('counts the waits of one request together', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    const other = await throttle.enter(
      url,
      waiting((ms) => clock.sleep(ms)),
    );
    await note(throttle, usedUp);
    const wait = throttle.enter(
      url,
      waiting(async (ms) => {
        await clock.sleep(ms);
        other.answered(200, usedUp);
      }),
    );
    expect((await caught('network.rate-limited', wait)).facts.retryAfterMs).toBe(400_000);
    expect(clock.sleeps).toEqual([400_000]);
  });

  it('waits again when it was woken too early', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    await note(throttle, usedUp);
    await throttle.enter(
      url,
      waiting((ms) => clock.sleep(Math.min(ms, 150_000))),
    );
    expect(clock.sleeps).toEqual([150_000, 150_000, 100_000]);
  });

  it('throws what ends the wait', async () => {
    const throttle = createThrottle(createTestClock());
    await note(throttle, { 'retry-after': '5' }, url, 429);
    const reason = { why: 'aborted' };
    await expect(
      throttle.enter(
        url,
        waiting(() => Promise.reject(reason)),
      ),
    ).rejects.toBe(reason);
  });

  it('remembers a bounded number of limits', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    for (let index = 0; index < 1_001; index += 1) {
      await note(throttle, { 'retry-after': '5' }, new URL(`https://hub-${index}.example/`), 429);
    }
    await throttle.enter(
      new URL('https://hub-0.example/'),
      waiting((ms) => clock.sleep(ms)),
    );
    expect(clock.sleeps).toEqual([]);
    await throttle.enter(
      new URL('https://hub-1.example/'),
      waiting((ms) => clock.sleep(ms)),
    );
    expect(clock.sleeps).toEqual([5_000]);
  });
});

describe('while little is left', () => {
  it('does nothing before that', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    await note(throttle, { ...policy, ratelimit: '"api";r=60;t=200' });
    for (let index = 0; index < 5; index += 1) {
      (
        await throttle.enter(
          url,
          waiting((ms) => clock.sleep(ms)),
        )
      ).answered(200, { ratelimit: `"api";r=${59 - index};t=200` });
    }
    expect(clock.sleeps).toEqual([]);
  });

  it('spreads what is left over the rest of the window, for all callers together', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    await note(throttle, { ...policy, ratelimit: '"api";r=40;t=200' });
    const starts: number[] = [];
    for (let left = 39; left >= 0; left -= 1) {
      const turn = await throttle.enter(
        url,
        waiting((ms) => clock.sleep(ms)),
      );
      starts.push(clock.monotonicMs());
      const secondsLeft = Math.ceil((200_000 - clock.monotonicMs()) / 1_000);
      turn.answered(200, { ...policy, ratelimit: `"api";r=${left};t=${secondsLeft}` });
    }
    expect(starts).toHaveLength(40);
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(4_500);
    expect(Math.max(...gaps)).toBeLessThan(5_500);
    expect(starts.at(-1)).toBeLessThanOrEqual(200_000);
  });

  it('counts what is under way as gone', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    await note(throttle, { ...policy, ratelimit: '"api";r=60;t=200' });
    for (let index = 0; index < 10; index += 1)
      await throttle.enter(
        url,
        waiting((ms) => clock.sleep(ms)),
      );
    expect(clock.sleeps).toEqual([]);
    const late = await throttle.enter(
      url,
      waiting((ms) => clock.sleep(ms)),
    );
    expect(clock.sleeps).toHaveLength(1);
    late.failed();
    late.failed();
    expect(clock.sleeps[0]).toBeGreaterThan(3_000);
  });

  it('sends who finds no turn left in this window at the beginning of the next', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    await note(throttle, { ...policy, ratelimit: '"api";r=2;t=60' });
    /** How long each of several callers at once is asked to wait; the clock stands still. */
    const waits: number[] = [];
    const callers = [1, 2, 3, 4, 5].map(() =>
      throttle.enter(url, {
        maxWaitMs: 600_000,
        jitterMs: () => 7,
        sleep: async (ms) => {
          waits.push(ms);
          throw new Error('enough');
        },
      }),
    );
    const outcomes = await Promise.allSettled(callers);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected']);
    expect(waits).toEqual([30_000, 60_007, 60_007, 60_007]);
  });

  it('knows no limit where the server names no quota and much is left', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    await note(throttle, { ratelimit: '"api";r=5;t=40' });
    await note(throttle, { ratelimit: '"api";r=4;t=40' });
    await note(throttle, { ratelimit: '"api";r=3;t=40' });
    expect(clock.sleeps).toEqual([]);
  });

  it('forgets an answer of an older window', async () => {
    const clock = createTestClock();
    const throttle = createThrottle(clock);
    const late = await throttle.enter(
      url,
      waiting((ms) => clock.sleep(ms)),
    );
    await note(throttle, { ratelimit: '"api";r=400;t=300' });
    late.answered(200, { ratelimit: '"api";r=0;t=20' });
    await throttle.enter(
      url,
      waiting((ms) => clock.sleep(ms)),
    );
    expect(clock.sleeps).toEqual([]);
  });
});
