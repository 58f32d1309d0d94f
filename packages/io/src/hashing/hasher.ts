/** A digest that can be computed while bytes go by. `git-sha1` is git's hash of the bytes as a blob. */
export type HashAlgorithm = 'sha256' | 'blake3' | 'git-sha1';

/** A running hash. Bytes may lie in shared memory. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. Ends the hash. */
  digest(): string;
  /** Frees what the hash holds; needed only where `digest` is not called. */
  dispose(): void;
}

/** Digests in lower-case hex by algorithm. */
export type Digests<A extends HashAlgorithm = HashAlgorithm> = Readonly<Record<A, string>>;
