/** A repo as a search lists it. Plain data; null where the list does not tell. */
export interface RepoSummary {
  readonly id: string;
  /** A person or an organisation. */
  readonly author: string | null;
  /** The commit of the main branch, 40 hex. */
  readonly commit: string | null;
  readonly private: boolean | null;
  readonly gated: false | 'auto' | 'manual' | null;
  readonly disabled: boolean | null;
  /** Empty where the list does not tell. */
  readonly tags: readonly string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  /** As the card says, else as the tags say. */
  readonly licence: string | null;
  /** In the last 30 days. */
  readonly downloads: number | null;
  readonly downloadsAllTime: number | null;
  readonly likes: number | null;
  readonly trendingScore: number | null;
  /** Counted by the Hub in the safetensors or GGUF files of the repo. */
  readonly parameterCount: number | null;
  /** Bytes of all files of all revisions. */
  readonly usedStorageBytes: number | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  /** ISO 8601. */
  readonly lastModified: string | null;
  /** Paths of all files at the commit, as the repo has them: not safe as names on disk. */
  readonly siblings: readonly string[] | null;
  /** The front matter of the card, which is whatever its author wrote. */
  readonly cardData: Readonly<Record<string, unknown>> | null;
  /** What the Hub took from the model's configuration files. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** As the Hub wrote them: the values that `expand` named and that have no place of their own above. */
  readonly expanded: Readonly<Record<string, unknown>>;
}
