/** Which commit of which repo. */
export interface TreeKey {
  /** The hub, without a slash at the end. */
  readonly endpoint: string;
  readonly repo: string;
  /** 40 hex. */
  readonly commit: string;
}

/** One file of a commit. */
export interface TreeFile {
  /** As the repo has it: not safe as a name on disk. */
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hex, for a file in LFS. */
  readonly sha256: string | null;
  /** 40 hex, for a file in git. */
  readonly gitSha1: string | null;
}

/** All files of a commit and what the hub says of the repo. A commit never changes, so this never goes stale. */
export interface RepoTree extends TreeKey {
  readonly files: readonly TreeFile[];
  readonly facts: {
    readonly licence: string | null;
    readonly tags: readonly string[];
    readonly description: string | null;
  };
  readonly gated: false | 'auto' | 'manual';
  /** ISO 8601. */
  readonly fetchedAt: string;
}

/** A file in a tree that was seen before. */
export interface TreeHit extends TreeKey {
  readonly file: TreeFile;
  /** When the tree was seen: ISO 8601. */
  readonly fetchedAt: string;
}

/** How a {@link TreeStore} is asked. */
export interface FindTreesOptions {
  /** Answers about so many trees at most. @default 50 */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Remembers the file lists of commits. It is the only place where a file can be found by its hash alone: no hub has a
 * search by hash.
 */
export interface TreeStore {
  /** Null for a tree that was never seen. */
  get(key: TreeKey): Promise<RepoTree | null>;
  put(tree: RepoTree): Promise<void>;
  /** Files of exactly this content: sha256 (64 hex), or git's sha1 (40 hex), in lower case. */
  findByHash(hash: string, options?: FindTreesOptions): Promise<readonly TreeHit[]>;
  /** Files whose base name is this one, in any case. */
  findByFileName(name: string, options?: FindTreesOptions): Promise<readonly TreeHit[]>;
}

/** What file names are compared by. */
export function comparableName(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .normalize('NFC')
    .toLowerCase();
}
