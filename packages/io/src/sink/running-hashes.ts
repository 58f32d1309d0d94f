import type { WorkerLease } from '@modelkeep/workers';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import type { SharedBytes } from '../worker/worker-tools.ts';
import { startHash, type RunningHashOptions } from './running-hash.ts';

/** @internal What {@link startHashes} hashes. */
export interface RunningHashesOptions extends Omit<RunningHashOptions, 'lease'> {
  /** The thread of what is slow: SHA has it for itself. */
  readonly lease: WorkerLease;
  /** A second thread. BLAKE3 is so fast that it can share one with the writing. */
  readonly secondLease: WorkerLease;
}

/** @internal All digests of a file that is being written, from its start on, on two threads. */
export interface RunningHashes {
  /** Bytes from the start that are hashed. */
  readonly doneBytes: number;
  /** Takes bytes, for those hashes whose turn they are; their memory is free when it resolves. Never rejects. */
  take(bytes: HashedBytes): Promise<unknown>;
  /** Reads back what was written before its turn. */
  catchUp(): void;
  /** Resolves when all that was written from the start on is hashed, or a hash has failed. */
  idle(): Promise<void>;
  digests(): Promise<Partial<Record<HashAlgorithm, string>>>;
  /** Stops, however much there is to read back. Never rejects. */
  cancel(): Promise<void>;
}

/** @internal Bytes that follow each other. */
export interface HashedBytes {
  readonly pieces: readonly SharedBytes[];
  readonly positionBytes: number;
  readonly lengthBytes: number;
}

/** @internal Begins the hashes. */
export function startHashes({ lease, secondLease, ...options }: RunningHashesOptions): RunningHashes {
  const slow = options.algorithms.filter((algorithm) => algorithm !== 'blake3');
  const fast = options.algorithms.filter((algorithm) => algorithm === 'blake3');
  // Both leases may be of one thread, which tells its hashes apart by their numbers.
  const [slowId, fastId] = [options.hashId * 2, options.hashId * 2 + 1];
  const hashes = [
    // Without any algorithm it still counts the bytes.
    ...(slow.length > 0 || fast.length === 0
      ? [startHash({ ...options, lease, hashId: slowId, algorithms: slow })]
      : []),
    ...(fast.length > 0 ? [startHash({ ...options, lease: secondLease, hashId: fastId, algorithms: fast })] : []),
  ];
  const all = async (work: (hash: (typeof hashes)[number]) => Promise<void>): Promise<void> => {
    await Promise.all(hashes.map((hash) => work(hash)));
  };
  return {
    get doneBytes() {
      let least = Number.POSITIVE_INFINITY;
      for (const { doneBytes } of hashes) least = Math.min(least, doneBytes);
      return least;
    },
    take: ({ pieces, positionBytes, lengthBytes }) =>
      Promise.all(
        hashes.filter(({ nextBytes }) => nextBytes === positionBytes).map((hash) => hash.take(pieces, lengthBytes)),
      ),
    catchUp() {
      for (const hash of hashes) hash.catchUp();
    },
    idle: () => all((hash) => hash.idle()),
    async digests() {
      const digests = await Promise.all(hashes.map((hash) => hash.digests()));
      return Object.assign({}, ...digests) as Partial<Record<HashAlgorithm, string>>;
    },
    cancel: () => all((hash) => hash.cancel()),
  };
}
