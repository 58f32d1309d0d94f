import type { Blake3Kind } from '../hashing/blake3.ts';
import { runningHashOf } from '../hashing/hasher-set.ts';
import type { HashAlgorithm } from '../hashing/hasher.ts';

/** @internal Which of those that drain writes the copy. */
export const WRITER = 0;

/** @internal What several threads are to do with one file. */
export interface Work {
  readonly algorithms: readonly HashAlgorithm[];
  readonly blake3: Blake3Kind;
  /** Whether the bytes are written as well. */
  readonly isCopy: boolean;
  /** Threads that take the bytes of the one that reads, at most as many as there are hashes. Of a copy the first one writes. */
  readonly drainers: number;
}

/** @internal Which thread computes what. */
export interface SharedWork {
  /** By the thread that reads. */
  readonly feeder: readonly HashAlgorithm[];
  /** By those that take the bytes from it. */
  readonly drainers: readonly (readonly HashAlgorithm[])[];
}

/** Milliseconds per GiB on the machine of the benchmarks: only what they are to each other counts. */
const READ_COST = 220;
const WRITE_COST = 750;
const WASM_BLAKE3_COST = 1_500;
const COSTS = {
  sha256: 800,
  tensor: 800,
  'git-sha1': 880,
  crc32: 440,
  blake3: 220,
  autov1: 0,
  'tensor-sample': 0,
} as const;

/** @internal Shares the hashes out so that all threads end at about the same time: the dearest first, to whoever is ahead. */
export function shareWork({ algorithms, blake3, isCopy, drainers }: Work): SharedWork {
  const hashes = Map.groupBy(algorithms, runningHashOf);
  const costOf = (hash: keyof typeof COSTS): number =>
    hash === 'blake3' && blake3 === 'wasm' ? WASM_BLAKE3_COST : COSTS[hash];
  // None of those that drain stays without work: the feeder never begins ahead of one that only hashes.
  const threads = Array.from({ length: drainers }, (_, drainer) => ({
    names: [] as HashAlgorithm[],
    cost: isCopy && drainer === WRITER ? WRITE_COST : 0,
  }));
  const feeder = { names: [] as HashAlgorithm[], cost: READ_COST };
  for (const [hash, names] of [...hashes].toSorted(([a], [b]) => costOf(b) - costOf(a))) {
    const next = [...threads, feeder].toSorted((a, b) => a.cost - b.cost)[0] ?? feeder;
    next.names.push(...names);
    next.cost += costOf(hash);
  }
  return { feeder: feeder.names, drainers: threads.map(({ names }) => names) };
}
