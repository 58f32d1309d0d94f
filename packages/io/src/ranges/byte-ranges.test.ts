import { describe, expect, it } from 'vitest';
import { createByteRanges } from './byte-ranges.ts';

const range = (startBytes: number, endBytes: number): { startBytes: number; endBytes: number } => ({
  startBytes,
  endBytes,
});

describe('ranges', () => {
  it('become one where they touch or overlap, in whatever order they come', () => {
    const ranges = createByteRanges([range(10, 20), range(30, 40)]);
    expect(ranges.toArray()).toEqual([range(10, 20), range(30, 40)]);
    ranges.add(range(20, 30));
    expect(ranges.toArray()).toEqual([range(10, 40)]);
    ranges.add(range(5, 50));
    ranges.add(range(7, 7));
    ranges.add(range(0, 2));
    expect(ranges.toArray()).toEqual([range(0, 2), range(5, 50)]);
    expect(ranges.sizeBytes).toBe(47);
    expect(ranges.endBytes).toBe(50);
  });

  it('tell where the bytes after a position end, and where the next begin', () => {
    const ranges = createByteRanges([range(0, 10), range(20, 30)]);
    expect([0, 9, 10, 15, 20, 29, 30].map((at) => ranges.contiguousEnd(at))).toEqual([10, 10, 10, 15, 30, 30, 30]);
    expect([0, 5, 10, 25, 30].map((at) => ranges.nextStart(at))).toEqual([0, 5, 20, 25, Number.POSITIVE_INFINITY]);
    expect(createByteRanges()).toMatchObject({ sizeBytes: 0, endBytes: 0 });
  });

  it('are what a set of single bytes is', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const ranges = createByteRanges();
      const bytes = new Set<number>();
      for (let count = 0; count < 12; count += 1) {
        const start = random(60);
        const end = start + random(12);
        ranges.add(range(start, end));
        for (let at = start; at < end; at += 1) bytes.add(at);
      }
      const found = ranges
        .toArray()
        .flatMap(({ startBytes, endBytes }) =>
          Array.from({ length: endBytes - startBytes }, (_, index) => startBytes + index),
        );
      expect(found).toEqual([...bytes].sort((a, b) => a - b));
      expect(ranges.sizeBytes).toBe(bytes.size);
    }
  });
});
