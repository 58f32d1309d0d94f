import { createHash, type Hash } from 'node:crypto';
import { createAutoV1 } from './auto-v1.ts';
import type { Blake3 } from './blake3.ts';
import { createCrc32 } from './crc32.ts';
import type { Digests, HashAlgorithm, Hasher } from './hasher.ts';
import { createTensorHash, createTensorSample } from './tensor-hash.ts';

/** What a {@link HasherSet} computes. */
export interface HasherSetOptions {
  readonly algorithms: readonly HashAlgorithm[];
  readonly blake3: Blake3;
  /** The bytes that will come, for `git-sha1`: git hashes the length first. */
  readonly sizeBytes: number;
}

/** Several digests of the same bytes. */
export interface HasherSet {
  update(bytes: Uint8Array): void;
  digests(): Partial<Digests>;
  dispose(): void;
}

/** A hash that runs over the bytes; several algorithms may be read off one. */
type RunningHash = 'sha256' | 'blake3' | 'git-sha1' | 'crc32' | 'autov1' | 'tensor' | 'tensor-sample';

const runs: Readonly<Record<HashAlgorithm, { readonly hash: RunningHash; readonly length?: number }>> = {
  sha256: { hash: 'sha256' },
  blake3: { hash: 'blake3' },
  'git-sha1': { hash: 'git-sha1' },
  crc32: { hash: 'crc32' },
  autov1: { hash: 'autov1' },
  autov2: { hash: 'sha256', length: 10 },
  autov3: { hash: 'tensor', length: 12 },
  tensor: { hash: 'tensor' },
  'tensor-sample': { hash: 'tensor-sample' },
};

const makers: Readonly<Record<RunningHash, (options: Omit<HasherSetOptions, 'algorithms'>) => Hasher<string | null>>> =
  {
    sha256: () => nodeHasher(createHash('sha256')),
    blake3: ({ blake3 }) => blake3.create(),
    // A git blob is hashed as "blob <length>\0<bytes>" (git's object format).
    'git-sha1': ({ sizeBytes }) => nodeHasher(createHash('sha1').update(`blob ${sizeBytes}\0`)),
    crc32: createCrc32,
    autov1: createAutoV1,
    tensor: createTensorHash,
    'tensor-sample': createTensorSample,
  };

/** @internal The hash that an algorithm is read off. Algorithms with the same one cost no more than one of them. */
export function runningHashOf(algorithm: HashAlgorithm): RunningHash {
  return runs[algorithm].hash;
}

/** Starts the hashes that the algorithms need, each once. */
export function createHasherSet({ algorithms, blake3, sizeBytes }: HasherSetOptions): HasherSet {
  const names = new Set(algorithms.map((algorithm) => runningHashOf(algorithm)));
  const hashers = new Map([...names].map((name) => [name, makers[name]({ blake3, sizeBytes })]));
  return {
    update(bytes) {
      for (const hasher of hashers.values()) hasher.update(bytes);
    },
    digests() {
      const whole = new Map([...hashers].map(([name, hasher]) => [name, hasher.digest()]));
      const digests = new Map<HashAlgorithm, string | null>();
      for (const algorithm of algorithms) {
        const { hash, length } = runs[algorithm];
        digests.set(algorithm, whole.get(hash)?.slice(0, length) ?? null);
      }
      return Object.fromEntries(digests);
    },
    dispose() {
      for (const hasher of hashers.values()) hasher.dispose();
    },
  };
}

/** @internal Without those that the bytes do not have. */
export function presentDigests(digests: Partial<Digests>): Partial<Record<HashAlgorithm, string>> {
  return Object.fromEntries(Object.entries(digests).filter(([, digest]) => digest !== null));
}

function nodeHasher(hash: Hash): Hasher {
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex'), dispose() {} };
}
