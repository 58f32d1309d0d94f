/**
 * The hashes that other tools and sites know a file by, beside its SHA-256 and BLAKE3; lower-case hex. They say how a file
 * may be found, and never that two files are the same: the short ones meet by chance.
 */
export interface FieldHashes {
  /** SHA-256 of 64 KiB behind the first MiB, 8 characters; null for a file that ends before. */
  readonly autoV1: string | null;
  /** The first 10 characters of the SHA-256. */
  readonly autoV2: string;
  /** The first 12 of `tensorHash`, null where that is. */
  readonly autoV3: string | null;
  /** 8 characters. */
  readonly crc32: string;
  /** SHA-256 of everything behind a safetensors header, 64 characters; null for any other file. An edit of the header leaves it. */
  readonly tensorHash: string | null;
}
