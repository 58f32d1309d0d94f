import { createChunkRing, resetRing, type ChunkRing, type ChunkRingOptions } from './chunk-ring.ts';

/** @internal Rings that are used again: each is several MiB of memory. */
export interface RingPool {
  /** A ring that is free, or undefined. */
  tryTake(): ChunkRing | undefined;
  /** No thread works with it any more. */
  giveBack(ring: ChunkRing): void;
}

/** @internal What {@link createRingPool} makes. */
export interface RingPoolOptions extends ChunkRingOptions {
  /** Rings at most; each is made when it is first needed. */
  readonly count: number;
}

/** @internal */
export function createRingPool({ count, slots, slotBytes }: RingPoolOptions): RingPool {
  const free: ChunkRing[] = [];
  let made = 0;
  return {
    tryTake() {
      const ring = free.pop();
      if (ring !== undefined || made === count) return ring;
      made += 1;
      return createChunkRing({ slots, slotBytes });
    },
    giveBack(ring) {
      resetRing(ring);
      free.push(ring);
    },
  };
}
