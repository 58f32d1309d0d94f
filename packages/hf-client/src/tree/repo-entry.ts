/** A file of a repo. */
export interface RepoFileEntry {
  readonly type: 'file';
  /** As the repo has it: not safe as a name on disk. */
  readonly path: string;
  /** Size of the content, also for a file in LFS. */
  readonly sizeBytes: number;
  /** Git's hash of the content, 40 hex; null for a file in LFS, where the Hub tells only that of the pointer. */
  readonly gitSha1: string | null;
  /** Hash of the content, 64 hex, for a file in LFS; null for a file in git. */
  readonly sha256: string | null;
  /** 64 hex, where the file is stored with Xet. */
  readonly xetHash: string | null;
}

/** A folder of a repo. */
export interface RepoFolderEntry {
  readonly type: 'directory';
  /** As the repo has it: not safe as a name on disk. */
  readonly path: string;
}

/** What a tree lists. */
export type RepoEntry = RepoFileEntry | RepoFolderEntry;
