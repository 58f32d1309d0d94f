import { expect, it } from 'vitest';
import { shareWork, WRITER } from './share-work.ts';

const everything = ['sha256', 'blake3', 'crc32', 'autov1', 'autov2', 'autov3', 'tensor', 'git-sha1'] as const;

it('writes a copy in one thread, computes the dear hash in another and the cheap one while reading', () => {
  const algorithms = ['blake3', 'sha256'] as const;
  expect(shareWork({ algorithms, blake3: 'native', isCopy: true, drainers: 2 })).toEqual({
    feeder: ['blake3'],
    drainers: [[], ['sha256']],
  });
  expect(shareWork({ algorithms, blake3: 'wasm', isCopy: true, drainers: 2 })).toEqual({
    feeder: ['sha256'],
    drainers: [[], ['blake3']],
  });
});

it('lets the thread that only reads hash too', () => {
  const algorithms = ['blake3', 'sha256'] as const;
  expect(shareWork({ algorithms, blake3: 'native', isCopy: false, drainers: 1 })).toEqual({
    feeder: ['blake3'],
    drainers: [['sha256']],
  });
});

it.each([1, 2])('leaves none out, and none of %i threads without work', (drainers) => {
  for (const blake3 of ['native', 'wasm'] as const) {
    for (const isCopy of [true, false]) {
      const shared = shareWork({ algorithms: everything, blake3, isCopy, drainers });
      expect([...shared.feeder, ...shared.drainers.flat()].toSorted()).toEqual([...everything].toSorted());
      const work = shared.drainers.map((names, drainer) => names.length + Number(isCopy && drainer === WRITER));
      expect(Math.min(...work)).toBeGreaterThan(0);
    }
  }
});

it('keeps together what is read off one hash', () => {
  const { feeder, drainers } = shareWork({ algorithms: everything, blake3: 'native', isCopy: true, drainers: 2 });
  const threadOf = (name: (typeof everything)[number]): number =>
    [feeder, ...drainers].findIndex((names) => names.includes(name));
  expect(threadOf('autov2')).toBe(threadOf('sha256'));
  expect(threadOf('autov3')).toBe(threadOf('tensor'));
});
