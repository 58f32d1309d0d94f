import type { SqliteDatabase, SqlValue } from '@modelkeep/sqlite';
import { candidatesSql } from './candidates.ts';
import { FEW_MATCHES, limitedTo } from './limits.ts';
import { alikeSql, type WordsAlike } from './near-words.ts';
import { isAfter, orderBy, placeSql, type PagePlace } from './page-place.ts';
import { createParameters, type Parameters } from './parameters.ts';
import type { ParsedQuery } from './parse-query.ts';
import type { ReadFilters } from './read-filters.ts';
import type { SortOrder } from './sort-order.ts';
import { everyTerm, type TermPlace } from './term-conditions.ts';

/** @internal One page of a search. */
export interface SearchPageOptions {
  readonly query: ParsedQuery;
  readonly filters: ReadFilters;
  readonly order: SortOrder;
  readonly limit: number;
  readonly after: PagePlace | null;
  /** The query was taken for others like it: what was found by its own words. @default it was not */
  readonly exact?: ExactlyFound | undefined;
  /** Whether words that look like those of the query are told where it finds few models. @default false */
  readonly alike?: boolean | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @internal What has the words of a query themselves. */
export interface ExactlyFound {
  readonly query: ParsedQuery;
  readonly keys: readonly string[];
}

/** @internal A model that was found. */
export interface FoundRow {
  readonly record: string;
  readonly tier: number;
  /** Whether it only has words that are like those of the query. */
  readonly isNear: boolean;
  readonly place: readonly (string | number)[];
}

/** @internal The models of a page, and one more where there is one. */
export interface FoundPage {
  readonly rows: readonly FoundRow[];
  readonly approximate: boolean;
  readonly horizon: string | null;
  /** Where they were asked for, and few models were found: words that look like those of the query, before they are judged. */
  readonly alike?: WordsAlike | undefined;
}

/** How many matches are ranked. A broad prefix has hundreds of thousands. */
const MOST_RANKED = 1_000;
/** @internal */
export const BEST_TIER = 5;

/** @internal The best first: the words themselves before others like them, names before all else, short ones before long ones. */
export const byRelevance: SortOrder = {
  sort: 'relevance',
  direction: 'ascending',
  expressions: ['is_near', '-tier', 'case when tier > 1 then length(sort_name) else 0 end', 'sort_name'],
};

interface Row {
  /** Null in the only row of those that found nothing, where words that look like those of the query were asked for. */
  readonly record: string | null;
  readonly tier: number;
  readonly is_near: number;
  readonly place: string;
  readonly cut: number;
  readonly horizon: string | null;
  readonly alike: string | null;
}

/**
 * @internal Ranks the candidates. bm25 would read the whole list of every term, whatever the others are: 30 to 400 ms on
 * 200,000 models.
 */
export async function searchPage(database: SqliteDatabase, options: SearchPageOptions): Promise<FoundPage> {
  const { after, signal } = options;
  const { sql, params } = searchSql(options);
  const rows = await database.all<Row>(sql, params, { signal });
  const alike = rows[0]?.alike ?? null;
  return {
    rows: rows.flatMap(({ record, tier, is_near: near, place }) =>
      record === null ? [] : [{ record, tier, isNear: near === 1, place: JSON.parse(place) as (string | number)[] }],
    ),
    approximate: rows[0]?.cut === 1,
    horizon: after === null ? (rows[0]?.horizon ?? null) : after.horizon,
    alike: alike === null ? undefined : (JSON.parse(alike) as WordsAlike),
  };
}

/** @internal The statement of a page. */
export function searchSql(options: Omit<SearchPageOptions, 'signal'>): {
  readonly sql: string;
  readonly params: Readonly<Record<string, SqlValue>>;
} {
  const { query, filters, order, limit, after, exact } = options;
  const candidates = candidatesSql({ query, filters, horizon: after?.horizon ?? null, most: MOST_RANKED });
  const ranking = createParameters('rank');
  const keys = exact?.keys.map((key) => `cast(${ranking.add(key)} as integer)`).join() ?? '';
  const isNear = exact === undefined ? '0' : `key not in (${keys})`;
  const tier =
    exact === undefined
      ? tierSql(query, ranking)
      : `case when ${isNear} then ${tierSql(query, ranking)} else ${tierSql(exact.query, ranking)} end`;
  const rest = after === null ? null : isAfter(order, after.values);
  // Those that have the words themselves are among the candidates, or too old to be.
  const ranked =
    keys === '' ? 'candidates' : `(select key from candidates union select key from models where key in (${keys}))`;
  const alike = options.alike === true ? alikeSql(query, ranking) : null;
  const sql = `with ${candidates.sql}${alike === null || alike.sql === '' ? '' : `, ${alike.sql}`}, ranked as materialized (
  select key, sort_name, size_bytes, imported_ms, updated_ms, ${tier} as tier, ${isNear} as is_near
  from ${ranked} cross join models using (key) cross join model_texts using (key)
), best as materialized (
  select * from ranked ${rest === null ? '' : `where ${rest.sql}`} order by ${orderBy(order)} ${limitedTo('limit')}
)
select record, tier, is_near, ${placeSql(order)} as place, ${candidates.cut} as cut,
  (select cast(max(key) as text) from models) as horizon, ${alike === null ? 'null' : fewSql(alike.value)} as alike
from ${alike === null ? 'best cross join records using (key)' : '(select 1) left join best left join records using (key)'}
order by ${orderBy(order)}`;
  return { sql, params: { ...candidates.parameters, ...ranking.values, ...rest?.parameters, limit: limit + 1 } };
}

/** Nothing is looked up where enough is found, nor where nothing is: then words that contain others count as well. */
function fewSql(alike: string): string {
  return `(select case when (select count(*) from best) between 1 and ${FEW_MATCHES - 1} then ${alike} end)`;
}

function tierSql(query: ParsedQuery, parameters: Parameters): string {
  const condition = (place: TermPlace): string => everyTerm(query, parameters, place);
  return `case
    when joined_name = :joined then ${BEST_TIER}
    when substr(joined_name, 1, length(:joined)) = :joined then 4
    when ${condition('names-whole')} then 3
    when ${condition('names')} then 2
    when ${condition('names-and-labels')} then 1
    else 0 end`;
}
