/** What the Hub tells about a model repo at a revision. Plain data. */
export interface RepoInfo {
  /** As the Hub writes it now, which differs from what was asked when the repo was renamed. */
  readonly id: string;
  /** The commit that the revision is now, 40 hex. */
  readonly commit: string;
  /** False, or how the conditions are accepted: at once (`auto`) or with the owners' approval (`manual`). */
  readonly gated: false | 'auto' | 'manual';
  readonly private: boolean;
  readonly disabled: boolean;
  /** The licence's identifier; its own name where the identifier is only `other`; several joined with `, `. */
  readonly licence: string | null;
  readonly tags: readonly string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  /** What the model card names as base models: ids of repos. */
  readonly baseModels: readonly string[];
  readonly description: string | null;
  readonly downloads: number;
  readonly likes: number;
  /** ISO 8601. */
  readonly lastModified: string | null;
  readonly createdAt: string | null;
}
