/** A branch, tag or pull request of a repo. */
export interface RepoRef {
  /** For people: `main`, `v1.0`, `1`. */
  readonly name: string;
  /** What can be given as a revision: `refs/heads/main`, `refs/pr/1`. */
  readonly ref: string;
  /** What it is now, 40 hex. */
  readonly commit: string;
}

/** The references of a repo. Plain data. */
export interface RepoRefs {
  readonly branches: readonly RepoRef[];
  readonly tags: readonly RepoRef[];
  /** What the Hub converted, such as a dataset's parquet files. */
  readonly converts: readonly RepoRef[];
  /** Null unless they were asked for. */
  readonly pullRequests: readonly RepoRef[] | null;
}
