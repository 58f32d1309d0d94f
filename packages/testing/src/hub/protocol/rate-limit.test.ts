import type { Clock } from '@modelkeep/core';
import { expect, test } from 'vitest';
import { createRateLimiter, type RateLimitOptions } from './rate-limit.ts';

function limiterAt(options: RateLimitOptions): {
  limiter: ReturnType<typeof createRateLimiter>;
  advance: (ms: number) => void;
} {
  let nowMs = 1_000;
  const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
  return {
    limiter: createRateLimiter(options, clock),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

test('the limits of the public hub are the default', () => {
  const { limiter } = limiterAt({});
  expect(limiter.count('api', null)).toEqual({
    headers: { ratelimit: '"api";r=499;t=300', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' },
    refusal: null,
  });
  expect(limiter.count('resolvers', null).headers.ratelimit).toBe('"resolvers";r=2999;t=300');
  expect(limiter.count('api', 'token').headers['ratelimit-policy']).toBe('"fixed window";"api";q=1000;w=300');
});

test('buckets and callers are counted apart; past the limit comes a 429 without Retry-After', () => {
  const { advance, limiter } = limiterAt({ windowMs: 10_000, anonymous: { api: 2 } });
  limiter.count('api', null);
  expect(limiter.count('api', null).refusal).toBeNull();
  advance(7_500);
  const third = limiter.count('api', null);
  expect(third.headers.ratelimit).toBe('"api";r=0;t=3');
  expect(third.refusal?.status).toBe(429);
  expect(third.refusal?.headers).not.toHaveProperty('retry-after');
  expect(limiter.count('resolvers', null).refusal).toBeNull();
  expect(limiter.count('api', 'token').refusal).toBeNull();
});

test('a new window starts the count again, and Retry-After can be asked for', () => {
  const { advance, limiter } = limiterAt({ windowMs: 10_000, anonymous: { api: 1 }, retryAfter: true });
  limiter.count('api', null);
  advance(1_000);
  expect(limiter.count('api', null).refusal?.headers['retry-after']).toBe('9');
  advance(9_000);
  expect(limiter.count('api', null)).toMatchObject({ refusal: null, headers: { ratelimit: '"api";r=0;t=10' } });
  advance(35_000);
  expect(limiter.count('api', null)).toMatchObject({ refusal: null, headers: { ratelimit: '"api";r=0;t=5' } });
});
