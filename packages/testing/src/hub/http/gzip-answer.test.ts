import { expect, test } from 'vitest';
import { acceptsGzip, gzipAnswer } from './gzip-answer.ts';

test.each([
  ['gzip', true],
  ['GZIP;q=0.5, identity', true],
  ['deflate, gzip', true],
  ['*', true],
  ['identity', false],
  ['gzip;q=0', false],
  ['gzip; q=0.00, br', false],
  ['', false],
  [undefined, false],
])('%s', (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});

test('an answer without a body is left alone', () => {
  const answer = { status: 304, headers: {}, body: null };
  expect(gzipAnswer(answer)).toBe(answer);
});
