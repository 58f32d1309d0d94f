import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { createGuardedLookup } from './guarded-lookup.ts';

const PUBLIC: LookupAddress[] = [
  { address: '2606:4700::1111', family: 6 },
  { address: '1.1.1.1', family: 4 },
];

/** What a socket gets that asks with these options, and what the system was asked with. */
function ask(addresses: LookupAddress[], options: { all?: boolean; family?: 4 | 6 }): Promise<unknown[]> {
  const asked: unknown[] = [];
  const lookup = createGuardedLookup((hostname, given, callback) => {
    asked.push([hostname, given]);
    callback(null, addresses);
  });
  return new Promise((resolve) => lookup('hub.example', options, (...result) => resolve([...asked, result])));
}

it('gives all addresses to a socket that tries them in turn', async () => {
  expect(await ask(PUBLIC, { all: true })).toEqual([
    ['hub.example', { all: true }],
    [null, PUBLIC],
  ]);
});

it('gives the first one to a socket of one family, having asked for all of them', async () => {
  expect(await ask(PUBLIC.slice(1), { family: 4 })).toEqual([
    ['hub.example', { family: 4, all: true }],
    [null, '1.1.1.1', 4],
  ]);
});

it('says nothing where there is nothing', async () => {
  expect(await ask([], { all: false })).toEqual([
    ['hub.example', { all: true }],
    [null, []],
  ]);
});
