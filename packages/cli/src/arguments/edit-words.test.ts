import { expect, it } from 'vitest';
import { readEdit } from './edit-words.ts';

it('reads names, values, lists and what is taken back', () => {
  expect(readEdit(['type=lora', 'tags=a, b,', 'description=x=y', 'parameterCount=12'], ['name'])).toEqual({
    type: 'lora',
    tags: ['a', 'b'],
    description: 'x=y',
    parameterCount: 12,
    name: null,
  });
  expect(readEdit(['tags=', 'licence='], [])).toEqual({ tags: [], licence: '' });
  expect(readEdit(['parameterCount='], [])).toEqual({ parameterCount: Number.NaN });
  expect(Object.keys(readEdit(['__proto__=x'], []))).toEqual(['__proto__']);
});

it.each([
  [[], []],
  [['type'], []],
  [['=x'], []],
  [['type=lora', 'type=vae'], []],
  [['type=lora'], ['type']],
])('refuses %j with %j', (set, clear) => {
  expect(() => readEdit(set, clear)).toThrow(expect.objectContaining({ code: 'core.invalid-argument' }));
});
