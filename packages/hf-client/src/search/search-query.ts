import type { RepoType } from '../urls/repo-type.ts';

/** What the Hub can tell of a repo in a list. Not every type of repo has each; the Hub's refusal lists what it has. */
export type SearchExpansion =
  | 'author'
  | 'baseModels'
  | 'cardData'
  | 'childrenModelCount'
  | 'citation'
  | 'config'
  | 'createdAt'
  | 'datasets'
  | 'description'
  | 'disabled'
  | 'downloads'
  | 'downloadsAllTime'
  | 'evalResults'
  | 'gated'
  | 'gguf'
  | 'inference'
  | 'inferenceProviderMapping'
  | 'lastModified'
  | 'library_name'
  | 'likes'
  | 'mask_token'
  | 'model-index'
  | 'models'
  | 'paperswithcode_id'
  | 'pipeline_tag'
  | 'private'
  | 'resourceGroup'
  | 'runtime'
  | 'safetensors'
  | 'sdk'
  | 'sha'
  | 'siblings'
  | 'spaces'
  | 'subdomain'
  | 'tags'
  | 'transformersInfo'
  | 'trendingScore'
  | 'usedStorage'
  | 'widgetData';

/** A range of numbers of parameters; either end may be left open. */
export interface ParameterRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What {@link HubClient.search} looks for. Everything that is left out matches all. */
export interface SearchQuery {
  /** @default 'model' */
  readonly repoType?: RepoType | undefined;
  /** Words that the repo id holds. */
  readonly search?: string | undefined;
  /** A person or an organisation. */
  readonly author?: string | undefined;
  /** Tags, each of which the repo has: `gguf`, `license:mit`, `base_model:org/name`, … */
  readonly filter?: string | readonly string[] | undefined;
  /** The task, `text-to-image` for one. Only models. */
  readonly pipelineTag?: string | undefined;
  /** Apps, each of which can run the model: `llama.cpp`, `ollama`, … Only models. */
  readonly apps?: string | readonly string[] | undefined;
  /** Only what has conditions to accept, or only what has none. Models and datasets. */
  readonly gated?: boolean | undefined;
  /** Only models. */
  readonly parameters?: ParameterRange | undefined;
  /** The highest first. @default the Hub's own order, `trendingScore` */
  readonly sort?: 'createdAt' | 'downloads' | 'lastModified' | 'likes' | 'trendingScore' | undefined;
  /** The most results in all. @default all there are */
  readonly limit?: number | undefined;
  /** Results that are fetched at a time, at most 1,000. @default 100, or `limit` where that is less */
  readonly pageSize?: number | undefined;
  /** More of each repo: author, commit, gate, last change, file names. @default false */
  readonly full?: boolean | undefined;
  /** The model's configuration. Only models. @default false */
  readonly config?: boolean | undefined;
  /** The front matter of the card. @default false */
  readonly cardData?: boolean | undefined;
  /**
   * Exactly what is told of each repo beside its id; `['siblings']` gives the file names of many repos in one answer.
   * Not together with `full`, `config` and `cardData`.
   */
  readonly expand?: readonly SearchExpansion[] | undefined;
  readonly signal?: AbortSignal | undefined;
}
