import type { ModelRecord } from '@modelkeep/core';
import type { SqliteDatabase, SqlValue } from '@modelkeep/sqlite';
import { parseRecords } from '../read/parse-records.ts';
import { listModels } from '../read/list.ts';
import { activeFilters, type ActiveFilter, type ModelFilters } from './filters.ts';
import { checkLimit } from './limits.ts';
import { matchExpressions } from './match-expression.ts';
import { parseQuery, type ParsedQuery } from './parse-query.ts';

/** What goes with a search. */
export interface SearchOptions extends ModelFilters {
  /** From 1 to 1,000. @default 20 */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model that was found. */
export interface SearchHit {
  readonly record: ModelRecord;
  /**
   * From 0 to 1: 1 the name is the query, 0.8 it starts with it, 0.6 all terms are words of the name, 0.4 they begin words
   * of it, 0.2 they begin words of names and labels (tags, trigger words, family, repo, …), 0 they are elsewhere.
   */
  readonly score: number;
}

/** What a search found, the best first. */
export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** More models match than were ranked: the hits are good ones, not surely the best ones. */
  readonly approximate: boolean;
}

/** How many matches are ranked. A broad prefix has hundreds of thousands. */
const MOST_RANKED = 1_000;
const MOST_NAMES_THAT_BEGIN = 200;
const BEST_TIER = 5;

interface Row {
  readonly record: string;
  readonly tier: number;
  readonly found: number;
}

/** @internal */
export async function searchModels(
  database: SqliteDatabase,
  query: string,
  options: SearchOptions = {},
): Promise<SearchResult> {
  const limit = checkLimit(options.limit ?? 20);
  const parsed = parseQuery(query);
  if (parsed.terms.length === 0) {
    const { records } = await listModels(database, { ...options, limit });
    return { hits: records.map((record) => ({ record, score: 0 })), approximate: false };
  }
  const { sql, params } = searchSql(parsed, activeFilters(options));
  const rows = await database.all<Row>(sql, { ...params, limit }, { signal: options.signal });
  const records = await parseRecords(rows, database.path);
  const hits = rows.flatMap(({ tier }, place) => {
    const record = records[place];
    return record === undefined ? [] : [{ record, score: tier / BEST_TIER }];
  });
  return { hits, approximate: (rows[0]?.found ?? 0) > MOST_RANKED };
}

/**
 * The newest matches are ranked. As long as there are no more of them than are ranked, that is exact. Otherwise the newest
 * ones with the terms in their names, and the names that begin with the query, are ranked with them, and descriptions are
 * left alone. bm25 would read the whole list of every term, whatever the others are: 30 to 400 ms on 200,000 models.
 */
function searchSql(
  parsed: ParsedQuery,
  filters: readonly ActiveFilter[],
): { sql: string; params: Record<string, SqlValue> } {
  const { everywhere, names, texts } = matchExpressions(parsed, filters);
  const params: Record<string, SqlValue> = {
    everywhere,
    names,
    texts,
    text: parsed.words.join(' '),
    joined: parsed.words.join(''),
    ranked: MOST_RANKED,
  };
  for (const [place, { value }] of filters.entries()) params[`filter${place}`] = value;
  for (const [term, spellings] of parsed.terms.entries()) {
    for (const [place, spelling] of spellings.entries()) params[`term${term}_${place}`] = spelling;
  }
  const everyTerm = (condition: (parameter: string) => string): string =>
    parsed.terms
      .map((spellings, term) => `(${spellings.map((_, place) => condition(`:term${term}_${place}`)).join(' or ')})`)
      .join(' and ');
  const wanted = filters.map(({ column }, place) => ` and ${column} = :filter${place}`).join('');
  const sql = `
with found as materialized (
  select rowid as key from search where search match :everywhere order by rowid desc limit :ranked + 1
), told as materialized (
  select rowid as key from texts
  where texts match case when (select count(*) from found) > :ranked then '""' else :texts end
  order by rowid desc limit :ranked + 1
), named as materialized (
  select rowid as key from search
  where search match case when (select count(*) from found) > :ranked then :names else '""' end
  order by rowid desc limit :ranked
), begins as materialized (
  select key from models
  where (select count(*) from found) > :ranked and sort_name >= :text and sort_name < :text || char(1114111)${wanted}
  order by sort_name, id limit ${MOST_NAMES_THAT_BEGIN}
), candidates as (
  select key from found union select key from told union select key from named union select key from begins
), ranked as (
  select key, id, sort_name, case
    when replace(sort_name, ' ', '') = :joined then ${BEST_TIER}
    when substr(replace(sort_name, ' ', ''), 1, length(:joined)) = :joined then 4
    when ${everyTerm((term) => `instr(' ' || names || ' ', ' ' || ${term} || ' ')`)} then 3
    when ${everyTerm((term) => `instr(' ' || names, ' ' || ${term})`)} then 2
    when ${everyTerm((term) => `instr(' ' || names || ' ' || labels, ' ' || ${term})`)} then 1
    else 0 end as tier
  from candidates join models using (key)
), best as materialized (
  select *, row_number() over (order by tier desc, case when tier > 1 then length(sort_name) end, sort_name, id) as place
  from ranked order by place limit :limit
)
select record, tier, (select max(found.n, told.n) from (select count(*) as n from found) as found, (select count(*) as n from told) as told) as found
from best join records using (key) order by place`;
  return { sql, params };
}
