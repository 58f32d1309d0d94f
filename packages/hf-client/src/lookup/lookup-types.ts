import type { ErrorCode } from '@modelkeep/core';

/** What is known of a file whose origin is looked for. Hashes are in hex, in any case. */
export interface LookupSubject {
  /** Hash of the content, 64 hex. */
  readonly sha256?: string | undefined;
  /** Git's hash of the content, 40 hex: the only one that a hub tells of its small files. */
  readonly gitSha1?: string | undefined;
  readonly sizeBytes?: number | undefined;
  /** Its name, with or without folders. Without one no hub can be asked: none has a search by hash. */
  readonly fileName?: string | undefined;
}

/** How far a look-up goes. */
export interface LookupOptions {
  /** Repos whose files are listed, a request each; besides there are at most three searches. @default 10 */
  readonly maxCandidates?: number | undefined;
  /** Asks only the trees that were seen before. @default false */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file in a repo that is, or could be, the one that is looked for. */
export interface FoundFile {
  readonly endpoint: string;
  readonly repo: string;
  /** 40 hex; null where the hub did not tell. */
  readonly commit: string | null;
  /** As the repo has it: not safe as a name on disk. */
  readonly path: string;
  /** Null until its tree was read. */
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
  /** Of the repo in the last 30 days, where a search told it. */
  readonly downloads: number | null;
  /**
   * What speaks for it: `hash`: the hub tells exactly the hash that is looked for; `name-and-size` and `name`: no more
   * than that, so it may be another file.
   */
  readonly evidence: 'hash' | 'name-and-size' | 'name';
}

/** A repo, or the search (null), that could not be asked. */
export interface LookupFailure {
  readonly repo: string | null;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a look-up found. Plain data. */
export interface LookupResult {
  /** `match` only when a hash agrees. `unknown` does not mean that the file is on no hub: see `hub` and `failures`. */
  readonly status: 'match' | 'unknown';
  /** Files with exactly this content, the best first; empty when unknown. */
  readonly matches: readonly FoundFile[];
  /** Files that could be it, the likeliest first. Those whose hash is another one are not among them. */
  readonly candidates: readonly FoundFile[];
  /**
   * `not-asked`: a tree that was seen before had it, `offline` was set, or there is no name to search by. `unreachable`:
   * the hub could not be asked, or not to the end.
   */
  readonly hub: 'asked' | 'not-asked' | 'unreachable';
  readonly failures: readonly LookupFailure[];
}

/** What comparing a candidate with a hash gave. */
export interface HashVerdict {
  /** `unknown`: the file is not there any more, or the hub tells no hash of the kind that is known. */
  readonly status: 'match' | 'mismatch' | 'unknown';
  /** The candidate with what the hub tells of it now; null when it is not there. */
  readonly file: FoundFile | null;
}

/** Finds where a file comes from. */
export interface HubLookup {
  /**
   * Finds files by their content: in the trees that were seen before, then in repos whose names resemble `fileName`.
   *
   * @throws `core.invalid-argument` for what is no hash
   */
  lookupByHash(sha256: string, options?: LookupOptions & Omit<LookupSubject, 'sha256'>): Promise<LookupResult>;
  /**
   * Finds files by their name. Without a hash to compare with nothing is a match, and all are candidates.
   *
   * @throws `core.invalid-argument` for an empty name or what is no hash
   */
  lookupByFilename(fileName: string, options?: LookupOptions & Omit<LookupSubject, 'fileName'>): Promise<LookupResult>;
  /**
   * Asks the hub what the hash of a candidate is. A commit whose tree was seen before needs no request.
   *
   * @throws `hub.*`, `network.*`, `core.invalid-argument` without a hash
   */
  verifyHashMatch(
    candidate: Pick<FoundFile, 'repo' | 'commit' | 'path'>,
    subject: LookupSubject & { readonly signal?: AbortSignal | undefined },
  ): Promise<HashVerdict>;
}
