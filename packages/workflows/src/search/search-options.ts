import type { ModelRecord } from '@modelkeep/core';
import type {
  FacetField,
  Highlight,
  ModelFilters,
  ModelSort,
  NearWord,
  SortDirection,
  SortOptions,
} from '@modelkeep/library';

/** Which models are wanted: all that is given has to fit. */
export interface FindModelsOptions extends ModelFilters {
  /** Only models that this app has links to on this machine, such as `comfyui`. */
  readonly app?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which models {@link Searching.list} gives, and in which order. */
export interface ListModelsOptions extends FindModelsOptions, SortOptions {}

/** Which page {@link Searching.page} gives. */
export interface PageModelsOptions extends ListModelsOptions {
  /** From 1 to 1000. @default 100 */
  readonly limit?: number | undefined;
  /** `next` of the page before, with everything else the same. */
  readonly after?: string | undefined;
}

/** A page of models. */
export interface ModelsPage {
  readonly models: readonly ModelRecord[];
  /** What `after` takes to go on, null at the end. Models that come or go meanwhile shift nothing. */
  readonly next: string | null;
}

/** How {@link Searching.search} narrows down and sorts. */
export interface SearchModelsOptions extends FindModelsOptions {
  /** From 1 to 1000. @default 20 */
  readonly limit?: number | undefined;
  /** `next` of the page before, with everything else the same. */
  readonly after?: string | undefined;
  /** @default 'relevance' */
  readonly sort?: ModelSort | 'relevance' | undefined;
  /** Not for `relevance`. @default 'ascending' for names, else 'descending' */
  readonly direction?: SortDirection | undefined;
  /** Whether words like those of the query count as well where these find fewer than five models. @default true */
  readonly near?: boolean | undefined;
  /** Whether hits say where the query is in their texts. @default false */
  readonly highlight?: boolean | undefined;
}

/** A model that a search found. */
export interface FoundModel {
  readonly model: ModelRecord;
  /** From 0 to 1: names before labels before file names and descriptions; halved for words that are only like the query's. */
  readonly score: number;
  /** Whether it only has words that are like those of the query: such models come after all others. */
  readonly near: boolean;
  /** Where the query is in the model's texts: ranges, so that any UI can show them safely. Empty unless asked for. */
  readonly highlights: readonly Highlight[];
  /** What `after` takes to go on behind this model. */
  readonly cursor: string;
}

/** Models that a search found, the best first. */
export interface SearchModelsResult {
  readonly models: readonly ModelRecord[];
  /** The same models with what the search knows of them. */
  readonly hits: readonly FoundModel[];
  /** Whether the search was so broad that only a part of its matches was ranked. */
  readonly approximate: boolean;
  /** What `after` takes to go on, null at the end. */
  readonly next: string | null;
  /** Words of the query that few models have, or none, and what they were taken for. */
  readonly nearWords: readonly NearWord[];
}

/** What {@link Searching.facets} counts. */
export interface CountModelsOptions extends FindModelsOptions {
  /** @default all fields */
  readonly fields?: readonly FacetField[] | undefined;
  /** Values of each field, the most frequent first; from 1 to 1000. @default 50 */
  readonly limit?: number | undefined;
  /** Whether words like those of the query count as well where these find fewer than five models. @default true */
  readonly near?: boolean | undefined;
}

/** What happened to models after a cursor. */
export interface LibraryChanges {
  /** The oldest first. `written`: the model is new, or what is known of it changed. */
  readonly changes: readonly { readonly modelId: string; readonly kind: 'written' | 'removed'; readonly at: string }[];
  /** Where to go on, also in another process. */
  readonly cursor: string;
  /** The cursor is too old, or the index was made anew: read everything again, then go on from the new cursor. */
  readonly resync: boolean;
}

/** From where {@link Searching.changes} tells. */
export interface ChangesOptions {
  /** The cursor of the last page that was seen. @default now: the first page says `resync` and has the cursor to start with */
  readonly since?: string | undefined;
  /** Ends the feed. */
  readonly signal?: AbortSignal | undefined;
}
