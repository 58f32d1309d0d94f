const WORD_BYTES = 4;

/** Which bytes of an endless seeded stream are wanted. */
export interface SeededBytesOptions {
  /** Streams of different seeds have nothing in common. */
  readonly seed: number;
  /** @default 0 */
  readonly offsetBytes?: number;
  readonly sizeBytes: number;
}

/**
 * Bytes of a stream that a seed determines: incompressible, the same on every run, readable at any place without
 * making what lies before it.
 *
 * @throws RangeError for a negative offset or size
 */
export function seededBytes({ seed, offsetBytes = 0, sizeBytes }: SeededBytesOptions): Uint8Array {
  if (offsetBytes < 0 || sizeBytes < 0) throw new RangeError('seededBytes: a negative offset or size');
  const firstWord = Math.floor(offsetBytes / WORD_BYTES);
  const lead = offsetBytes - firstWord * WORD_BYTES;
  const words = new Uint32Array(Math.ceil((lead + sizeBytes) / WORD_BYTES));
  const base = Math.imul(seed, 0x9e3779b1) ^ Math.imul(Math.floor(firstWord / 0x1_0000_0000), 0x85ebca6b);
  for (let index = 0; index < words.length; index += 1) words[index] = mixed((firstWord + index) ^ base);
  return new Uint8Array(words.buffer, lead, sizeBytes);
}

/** A seeded source of numbers, for choices in tests. */
export interface SeededRandom {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
}

/** Makes a {@link SeededRandom}. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = mixed(seed ^ 0x2545f491);
  return {
    below(limit) {
      state = (state + 0x9e3779b9) >>> 0;
      return mixed(state) % limit;
    },
  };
}

/** The finaliser of MurmurHash3 with other constants (lowbias32): a bijection of 32 bits with good avalanche. */
function mixed(value: number): number {
  let word = value >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return (word ^ (word >>> 16)) >>> 0;
}
