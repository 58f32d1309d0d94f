import { expect, it } from 'vitest';
import { readByteRate } from './byte-rate.ts';

it.each([
  ['1', 1],
  ['20000000', 20_000_000],
  ['500k', 500_000],
  ['1M', 1_000_000],
  ['1.5m', 1_500_000],
  ['2G', 2_000_000_000],
])('%s is %i bytes a second', (text, bytesPerSecond) => {
  expect(readByteRate(text)).toBe(bytesPerSecond);
});

it.each(['', '0', '0.0001', '-1', '1MB', '1 M', 'fast', '1e3', '.5M', '9'.repeat(13)])('%j is no rate', (text) => {
  expect(readByteRate(text)).toBeNull();
});
