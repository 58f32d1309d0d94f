import { expect, it } from 'vitest';
import { backoffAfter } from './backoff.ts';

it('doubles with each attempt, up to an hour', () => {
  expect([1, 2, 3, 4].map((attempts) => backoffAfter(attempts, 1_000))).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(backoffAfter(1_000, 1_000)).toBe(3_600_000);
});
