import { expect, test } from 'vitest';
import { contentRange, readRange } from './byte-range.ts';

const part = (startBytes: number, endBytes: number): object => ({ kind: 'part', startBytes, endBytes });
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

test.each([
  [undefined, 100, whole],
  ['bytes=0-9', 100, part(0, 10)],
  ['bytes=0-', 100, part(0, 100)],
  ['bytes=99-', 100, part(99, 100)],
  ['bytes=90-200', 100, part(90, 100)],
  ['bytes=-10', 100, part(90, 100)],
  ['bytes=-200', 100, part(0, 100)],
  ['bytes=100-', 100, unsatisfiable],
  ['bytes=100-200', 100, unsatisfiable],
  ['bytes=-0', 100, unsatisfiable],
  ['bytes=0-', 0, unsatisfiable],
  ['bytes=9-5', 100, whole],
  ['bytes=-', 100, whole],
  ['bytes=a-b', 100, whole],
  ['items=0-9', 100, whole],
  ['bytes=0-1,5-6', 100, whole],
])('%s of %d bytes', (header, sizeBytes, expected) => {
  expect(readRange(header, sizeBytes)).toEqual(expected);
});

test('Content-Range names the last byte', () => {
  expect(contentRange({ startBytes: 5, endBytes: 10 }, 100)).toBe('bytes 5-9/100');
});
