import { expect, it } from 'vitest';
import { readContentRange } from './content-range.ts';

it.each([
  ['bytes 0-99/1000', { startBytes: 0, endBytes: 100, totalBytes: 1_000 }],
  [' Bytes 5-5/6 ', { startBytes: 5, endBytes: 6, totalBytes: 6 }],
  ['bytes 0-99/*', { startBytes: 0, endBytes: 100, totalBytes: null }],
  ['bytes */0', { startBytes: null, endBytes: null, totalBytes: 0 }],
  ['bytes 5-4/10', null],
  ['bytes 0-10/10', null],
  ['bytes */*', null],
  ['bytes 0-9007199254740992/9007199254740993', null],
  ['bytes 0-99/1000, bytes 200-299/1000', null],
  ['bytes 0-99', null],
  ['bytes=0-99/1000', null],
  ['items 0-99/1000', null],
  ['bytes -1-99/1000', null],
  [`bytes ${'0'.repeat(50_000)}-1/2`, null],
  ['', null],
  [undefined, null],
])('reads %j', (header, expected) => {
  expect(readContentRange(header)).toEqual(expected);
});
