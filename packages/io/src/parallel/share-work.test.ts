import { expect, it } from 'vitest';
import { shareWork } from './share-work.ts';

const everything = ['sha256', 'blake3', 'crc32', 'autov1', 'autov2', 'autov3', 'tensor', 'git-sha1'] as const;

it('gives the two dear hashes of a copy to threads that do nothing else', () => {
  const algorithms = ['blake3', 'sha256'] as const;
  expect(shareWork({ algorithms, blake3: 'native', isCopy: true, hashers: 2 })).toEqual({
    feeder: [],
    hashers: [['sha256'], ['blake3']],
  });
  expect(shareWork({ algorithms, blake3: 'wasm', isCopy: true, hashers: 2 })).toEqual({
    feeder: [],
    hashers: [['blake3'], ['sha256']],
  });
});

it('lets the thread that only reads hash too', () => {
  const algorithms = ['blake3', 'sha256'] as const;
  expect(shareWork({ algorithms, blake3: 'native', isCopy: false, hashers: 1 })).toEqual({
    feeder: ['blake3'],
    hashers: [['sha256']],
  });
});

it.each([1, 2])('leaves none out, and none of %i threads without work', (hashers) => {
  for (const blake3 of ['native', 'wasm'] as const) {
    for (const isCopy of [true, false]) {
      const shared = shareWork({ algorithms: everything, blake3, isCopy, hashers });
      expect([...shared.feeder, ...shared.hashers.flat()].toSorted()).toEqual([...everything].toSorted());
      expect(shared.hashers.every((names) => names.length > 0)).toBe(true);
    }
  }
});

it('keeps together what is read off one hash', () => {
  const { feeder, hashers } = shareWork({ algorithms: everything, blake3: 'native', isCopy: true, hashers: 2 });
  const threadOf = (name: (typeof everything)[number]): number =>
    [feeder, ...hashers].findIndex((names) => names.includes(name));
  expect(threadOf('autov2')).toBe(threadOf('sha256'));
  expect(threadOf('autov3')).toBe(threadOf('tensor'));
});
