/** Where a file is and what the Hub tells about it. Plain data. */
export interface ResolvedFile {
  /** The repo that answered. */
  readonly repo: string;
  /** The commit that the revision is now, 40 hex. */
  readonly commit: string;
  /** Null where the Hub does not tell (files in git). */
  readonly sizeBytes: number | null;
  /** Hash of the content, 64 hex, of a file in LFS. */
  readonly sha256: string | null;
  /** Git's hash of the content, 40 hex, of a file in git. */
  readonly gitSha1: string | null;
  /** The Hub's ETag of the content, without `W/` and quotes. Not the ETag of the server that has the bytes. */
  readonly etag: string | null;
  /** 64 hex, where the file is stored with Xet. */
  readonly xetHash: string | null;
  /** The resolve URL that answered: ask it again when `location` has expired. */
  readonly url: string;
  /** Where the bytes are, absolute; signed and short-lived for LFS. Null when `url` itself has them. */
  readonly location: string | null;
  /** The repo's new id when it was renamed, else null. It may be another repo than the one that was meant. */
  readonly renamedTo: string | null;
}
