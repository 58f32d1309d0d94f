import { setImmediate } from 'node:timers/promises';
import type { FacetField } from '@modelkeep/core';
import type { SqliteDatabase, SqlValue } from '@modelkeep/sqlite';
import { candidatesSql } from './candidates.ts';
import type { FacetValue, FieldCounts } from './facet-value.ts';
import { COLUMN_FIELDS } from './filters.ts';
import { filterExpression } from './match-expression.ts';
import type { ParsedQuery } from './parse-query.ts';
import type { ReadFilters } from './read-filters.ts';

/** @internal */
export interface CountMatchesOptions {
  readonly query: ParsedQuery;
  readonly filters: ReadFilters;
  readonly fields: readonly FacetField[];
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** So many matches are counted. */
const MOST_COUNTED = 2_000;
/** Models that are looked at where nothing leads to those that fit. */
const MOST_LOOKED_AT = 10_000;

type Row = Readonly<Record<string, string | number | null>>;

/** @internal The newest matches, counted by their values. */
export async function countMatches(database: SqliteDatabase, options: CountMatchesOptions): Promise<FieldCounts> {
  const { query, filters, fields, limit, signal } = options;
  const { sql, cut, parameters } =
    query.terms.length === 0
      ? filteredSql(filters)
      : candidatesSql({ query, filters, horizon: null, most: MOST_COUNTED, purpose: 'count' });
  const columns = COLUMN_FIELDS.filter(({ name }) => fields.includes(name as FacetField));
  const lists = columns.map(({ name, column }) => `, json_group_array(${column}) as ${name}`);
  const labels = (['provider', 'tags'] as const).filter((kind) => fields.includes(kind));
  const labelLists = labels.map(
    (kind) => `, (select json_group_array(value) from counted cross join model_labels on model_key = key
  where kind = '${kind}') as ${kind}`,
  );
  const statement = `with ${sql}, counted as materialized (select key from candidates limit ${MOST_COUNTED})
select count(*) as count, (select count(*) from candidates limit 1) > ${MOST_COUNTED} or ${cut} as cut${labelLists.join('')}${lists.join('')}
from counted cross join models using (key)`;
  const row = await database.get<Row>(statement, parameters, { signal });
  const counts = new Map<FacetField, readonly FacetValue[]>();
  for (const field of [...columns.map(({ name }) => name), ...labels] as FacetField[]) {
    // One list after the other: each takes a millisecond or two of the main thread.
    await setImmediate();
    counts.set(field, mostFrequent(String(row?.[field] ?? '[]'), limit));
  }
  return { fields: counts, models: Number(row?.['count'] ?? 0), approximate: row?.['cut'] === 1 };
}

/** The newest models that the filters leave. */
function filteredSql({ words, conditions, ranges, parameters, byIds }: ReadFilters): {
  sql: string;
  cut: string;
  parameters: Record<string, SqlValue>;
} {
  const expression = filterExpression(words);
  const limit = `limit ${MOST_COUNTED + 1}`;
  if (expression !== null && ranges.length === 0 && !byIds) {
    const sql = `candidates as materialized (
  select rowid as key from search where search match :expression order by rowid desc ${limit}
)`;
    return { sql, cut: '0', parameters: { expression } };
  }
  const seen = byIds
    ? 'select key from models where id in (select value from json_each(:ids))'
    : expression === null
      ? `select key from models order by key desc limit ${MOST_LOOKED_AT}`
      : `select rowid as key from search where search match :expression order by rowid desc limit ${MOST_LOOKED_AT}`;
  const all = [...conditions, ...ranges].map((condition) => ` and ${condition}`).join('');
  const sql = `seen as materialized (${seen}), candidates as materialized (
  select key from seen cross join models using (key) where true${all} order by key desc ${limit}
)`;
  const cut = byIds ? '0' : `(select count(*) from seen) >= ${MOST_LOOKED_AT}`;
  return { sql, cut, parameters: { ...parameters, ...(expression === null || byIds ? {} : { expression }) } };
}

function mostFrequent(list: string, limit: number): FacetValue[] {
  const counts = new Map<string, number>();
  for (const value of JSON.parse(list) as (string | null)[]) {
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, models]) => ({ value, models }))
    .toSorted((a, b) => b.models - a.models || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
