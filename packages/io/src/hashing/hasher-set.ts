import { createHash } from 'node:crypto';
import type { Blake3 } from './blake3.ts';
import type { HashAlgorithm, Hasher } from './hasher.ts';

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
  digests(): Partial<Record<HashAlgorithm, string>>;
  dispose(): void;
}

/** Starts one hash per algorithm; an algorithm named twice counts once. */
export function createHasherSet({ algorithms, blake3, sizeBytes }: HasherSetOptions): HasherSet {
  const hashers = new Map([...new Set(algorithms)].map((name) => [name, createHasher(name, { blake3, sizeBytes })]));
  return {
    update(bytes) {
      for (const hasher of hashers.values()) hasher.update(bytes);
    },
    digests: () => Object.fromEntries([...hashers].map(([name, hasher]) => [name, hasher.digest()])),
    dispose() {
      for (const hasher of hashers.values()) hasher.dispose();
    },
  };
}

function createHasher(algorithm: HashAlgorithm, { blake3, sizeBytes }: Omit<HasherSetOptions, 'algorithms'>): Hasher {
  if (algorithm === 'blake3') return blake3.create();
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  // A git blob is hashed as "blob <length>\0<bytes>" (git's object format).
  if (algorithm === 'git-sha1') hash.update(`blob ${sizeBytes}\0`);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex'), dispose() {} };
}
