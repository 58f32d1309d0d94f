import type { ModelRecord, ModelSort } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { listModels } from '../read/list.ts';
import { parseRecords } from '../read/parse-records.ts';
import type { ModelFilters } from './filters.ts';
import { highlightRecord, type Highlight } from './highlight.ts';
import { checkLimit, FEW_MATCHES } from './limits.ts';
import { nearQuery, type NearQuery, type NearWord } from './near-words.ts';
import { readCursor, writeCursor } from './page-place.ts';
import { parseQuery } from './parse-query.ts';
import { readFilters } from './read-filters.ts';
import { BEST_TIER, byRelevance, searchPage, type FoundPage } from './search-page.ts';
import { sortOrder, type SortDirection } from './sort-order.ts';

/** What goes with a search. */
export interface SearchOptions extends ModelFilters {
  /** From 1 to 1,000. @default 20 */
  readonly limit?: number | undefined;
  /** @default 'relevance'; by name where the query has no letters and digits */
  readonly sort?: ModelSort | 'relevance' | undefined;
  /** Not for `relevance`. @default 'ascending' for names, else 'descending' */
  readonly direction?: SortDirection | undefined;
  /** `next` of the page before, with everything else the same. */
  readonly after?: string | undefined;
  /** Whether words like those of the query count as well where these find fewer than five models. @default true */
  readonly near?: boolean | undefined;
  /** Whether hits say where the query is in their texts. @default false */
  readonly highlight?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model that was found. */
export interface SearchHit {
  readonly record: ModelRecord;
  /**
   * From 0 to 1: 1 the name is the query, 0.8 it starts with it, 0.6 all terms are words of the name, 0.4 they begin words
   * of it, 0.2 they begin words of names and labels (tags, trigger words, family, repo, …), 0 they are elsewhere. Half of
   * that where only words like those of the query were found.
   */
  readonly score: number;
  /** Whether it only has words that are like those of the query: such hits come after all others. */
  readonly near: boolean;
  /** Empty unless asked for. */
  readonly highlights: readonly Highlight[];
  /** What `after` takes to go on behind this hit. */
  readonly cursor: string;
}

/** What a search found, the best first. */
export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** More models match than were ranked: the hits are good ones, not surely the best ones. */
  readonly approximate: boolean;
  /** What `after` takes to go on, or null at the end. Models that come or go meanwhile shift nothing. */
  readonly next: string | null;
  /** Words of the query that few models have, or none, and what they were taken for. */
  readonly nearWords: readonly NearWord[];
}

/** @internal */
export async function searchModels(
  database: SqliteDatabase,
  query: string,
  options: SearchOptions = {},
): Promise<SearchResult> {
  const { sort = 'relevance', direction, signal } = options;
  const limit = checkLimit(options.limit ?? 20);
  const parsed = parseQuery(query);
  if (parsed.terms.length === 0) return listed(database, { ...options, limit });
  const filters = readFilters(options);
  const order = sort === 'relevance' ? byRelevance : sortOrder({ sort, direction });
  const after = options.after === undefined ? null : readCursor(options.after, order);
  const shared = { filters, order, limit, after, signal };

  let found: FoundPage = { rows: [], approximate: false, horizon: null };
  let near: NearQuery | null = null;
  let exact = after?.exact ?? null;
  const isGuessing = after === null && options.near !== false;
  if (exact === null) {
    const most = Math.max(limit, FEW_MATCHES);
    found = await searchPage(database, { ...shared, query: parsed, limit: most, alike: isGuessing });
    const isFew = isGuessing && found.rows.length < FEW_MATCHES;
    if (isFew) exact = found.rows.map(({ place }) => String(place.at(-1)));
  }
  if (exact !== null) {
    near = await nearQuery(database, parsed, { findsNothing: exact.length === 0, alike: found.alike, signal });
    const own = { query: parsed, keys: exact };
    if (near !== null) found = await searchPage(database, { ...shared, query: near.query, exact: own });
    // The words that a page began with may be gone: it goes on with what has the words themselves.
    else if (after !== null) found = await searchPage(database, { ...shared, query: parsed, exact: own });
    else exact = null;
  }
  const rows = found.rows.slice(0, limit);
  const records = await parseRecords(rows, database.path);
  const terms = (near?.query ?? parsed).terms;
  const hits = rows.flatMap(({ tier, isNear, place }, number) => {
    const record = records[number];
    if (record === undefined) return [];
    const cursor = writeCursor(order, { values: place, horizon: found.horizon, exact });
    const highlights = options.highlight === true ? highlightRecord(record, terms) : [];
    return [{ record, score: tier / BEST_TIER / (isNear ? 2 : 1), near: isNear, highlights, cursor }];
  });
  const next = found.rows.length > limit ? (hits.at(-1)?.cursor ?? null) : null;
  return { hits, approximate: found.approximate, next, nearWords: near?.words ?? [] };
}

/** Without words to look for there is nothing to rank. */
async function listed(
  database: SqliteDatabase,
  { sort, ...options }: SearchOptions & { readonly limit: number },
): Promise<SearchResult> {
  const page = await listModels(database, { ...options, sort: sort === 'relevance' ? 'name' : sort });
  const hits = page.records.map((record, number) => ({
    record,
    score: 0,
    near: false,
    highlights: [],
    cursor: page.cursors[number] ?? '',
  }));
  return { hits, approximate: false, next: page.next, nearWords: [] };
}
