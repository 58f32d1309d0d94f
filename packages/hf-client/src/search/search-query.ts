/** What {@link HubClient.searchModels} looks for. Everything that is left out matches all. */
export interface SearchQuery {
  /** Words that the repo id holds. */
  readonly search?: string | undefined;
  /** A person or an organisation. */
  readonly author?: string | undefined;
  /** Tags, each of which the repo has: `gguf`, `license:mit`, `base_model:org/name`, … */
  readonly filter?: string | readonly string[] | undefined;
  readonly pipelineTag?: string | undefined;
  /** The highest first. @default the Hub's own order, `trendingScore` */
  readonly sort?: 'createdAt' | 'downloads' | 'lastModified' | 'likes' | 'trendingScore' | undefined;
  /** The most results in all. @default all there are */
  readonly limit?: number | undefined;
  /** Results that are fetched at a time, at most 1,000. @default 100, or `limit` where that is less */
  readonly pageSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model repo as a search lists it. Plain data. */
export interface RepoSummary {
  readonly id: string;
  readonly private: boolean;
  /** Null where the list does not tell. */
  readonly gated: false | 'auto' | 'manual' | null;
  readonly tags: readonly string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  readonly downloads: number;
  readonly likes: number;
  /** ISO 8601. */
  readonly createdAt: string | null;
  /** ISO 8601; null where the list does not tell. */
  readonly lastModified: string | null;
}
