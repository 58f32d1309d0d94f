import { expect, it } from 'vitest';
import { nextPageLink } from './next-page.ts';

it.each([
  [undefined, null],
  ['', null],
  ['<https://h/a?cursor=1>; rel="next"', 'https://h/a?cursor=1'],
  ['<https://h/a,b;c>; rel=next', 'https://h/a,b;c'],
  ['<https://h/1>; rel="prev", <https://h/2>; title="x"; rel="next"', 'https://h/2'],
  ['<https://h/1>; rel="next", <https://h/2>; rel="last"', 'https://h/1'],
  ['<https://h/1>; rel="prev"', null],
  ['<https://h/1>; xrel="next"', null],
  ['<https://h/1', null],
  ['https://h/1; rel="next"', null],
  ['<'.repeat(100_000), null],
])('%# finds the next page', (link, expected) => {
  expect(nextPageLink(link)).toBe(expected);
});
