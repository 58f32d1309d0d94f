import { expect, it } from 'vitest';
import { readDuration } from './duration.ts';

it.each([
  ['30s', 30_000],
  ['15M', 900_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
])('%s is %i milliseconds', (text, durationMs) => {
  expect(readDuration(text)).toBe(durationMs);
});

it.each(['', '0s', '10', '1 h', '-1h', '1w', '1e3s', '.5h', '1234567s', 'daily'])('%j is no duration', (text) => {
  expect(readDuration(text)).toBeNull();
});
