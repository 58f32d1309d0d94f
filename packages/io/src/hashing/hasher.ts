/**
 * A digest that can be computed while bytes go by, in lower-case hex.
 *
 * - `sha256`, `blake3`: of the whole file, 64 characters.
 * - `git-sha1`: git's hash of the bytes as a blob, 40.
 * - `crc32`: of the whole file, 8.
 * - `autov1`: SHA-256 of the bytes from 0x100000 up to 0x110000, its first 8. Null for a file that has none of them: others
 *   give the hash of nothing (`e3b0c442`) for it, which is the same for all small files and identifies none.
 * - `autov2`: the first 10 of `sha256`.
 * - `tensor`: SHA-256 of everything behind the header of a safetensors file, 64. It survives an edit of the header. Null for
 *   what is no safetensors file, judged by its first bytes, and for one without tensors.
 * - `autov3`: the first 12 of `tensor`, null where that is.
 * - `tensor-sample`: SHA-256 of the first 16 KiB of each MiB behind that header and of the number of bytes there, 64; null where
 *   `tensor` is. It finds what may be the same tensors at no cost, and proves nothing.
 */
export type HashAlgorithm =
  | 'sha256'
  | 'blake3'
  | 'git-sha1'
  | 'crc32'
  | 'autov1'
  | 'autov2'
  | 'autov3'
  | 'tensor'
  | 'tensor-sample';

/** Digests that not every file has. */
export type PartialHashAlgorithm = 'autov1' | 'autov3' | 'tensor' | 'tensor-sample';

/** A running hash. Bytes may lie in shared memory. */
export interface Hasher<Digest extends string | null = string> {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. Ends the hash. */
  digest(): Digest;
  /** Frees what the hash holds; needed only where `digest` is not called. */
  dispose(): void;
}

/** Digests in lower-case hex by algorithm; null only where a file may have none. */
export type Digests<A extends HashAlgorithm = HashAlgorithm> = {
  readonly [Algorithm in A]: Algorithm extends PartialHashAlgorithm ? string | null : string;
};
