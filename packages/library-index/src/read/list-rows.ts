import type { SqliteDatabase, SqlValue } from '@modelkeep/sqlite';
import { limitedTo } from '../query/limits.ts';
import { filterExpression } from '../query/match-expression.ts';
import { isAfter, orderBy, placeSql, type PagePlace } from '../query/page-place.ts';
import type { ReadFilters } from '../query/read-filters.ts';
import { sortColumn, type SortOrder } from '../query/sort-order.ts';

/** @internal */
export interface ListRowsOptions {
  readonly filters: ReadFilters;
  readonly order: SortOrder;
  readonly limit: number;
  readonly after: PagePlace | null;
  readonly signal: AbortSignal | undefined;
}

/** @internal */
export interface ListedRow {
  readonly record: string;
  /** JSON. */
  readonly place: string;
}

/**
 * So many models are sorted; of more, those that are next in the order are looked at one by one. What is rarer than this and
 * stands together in the order (the models of a family, by name) would be looked for long.
 */
const MOST_SORTED = 20_000;
const FIRST_LOOK = 1_000;
const NEXT_LOOKS = 10_000;

/** @internal Models in an order. No statement looks at more than some ten thousand rows. */
export async function listRows(database: SqliteDatabase, options: ListRowsOptions): Promise<readonly ListedRow[]> {
  const { filters, order, limit, signal } = options;
  const few = await fewKeys(database, filters, signal);
  if (few !== null) return sortFew(database, { ...options, keys: few });
  const rows: ListedRow[] = [];
  let after = options.after?.values ?? null;
  for (let look = FIRST_LOOK; ; look = NEXT_LOOKS) {
    const seen = await walk(database, { filters, order, limit: limit - rows.length, after, look, signal });
    rows.push(...seen.rows);
    if (rows.length >= limit || seen.end === null) return rows;
    after = JSON.parse(seen.end) as (string | number)[];
  }
}

/** SQL of the keys of the models that one of the filters leaves, where these are few. */
async function fewKeys(
  database: SqliteDatabase,
  { words, ranges, byIds, parameters }: ReadFilters,
  signal: AbortSignal | undefined,
): Promise<{ sql: string; params: Record<string, SqlValue> } | null> {
  if (byIds) return { sql: 'select key from models where id in (select value from json_each(:ids))', params: {} };
  const sources: { sql: string; params: Record<string, SqlValue> }[] = [];
  const expression = filterExpression(words);
  if (expression !== null) {
    sources.push({ sql: 'select rowid as key from search where search match :expression', params: { expression } });
  }
  for (const column of ['size_bytes', 'imported_ms', 'updated_ms']) {
    const own = ranges.filter((condition) => condition.startsWith(`models.${column} `));
    if (own.length > 0) sources.push({ sql: `select key from models where ${own.join(' and ')}`, params: {} });
  }
  for (const { sql, params } of sources) {
    const counted = `select count(*) as count from (${sql} limit ${MOST_SORTED + 1})`;
    const used = Object.fromEntries(
      Object.entries({ ...parameters, ...params }).filter(([name]) => sql.includes(`:${name}`)),
    );
    const row = await database.get<{ count: number }>(counted, used, { signal });
    if ((row?.count ?? 0) <= MOST_SORTED) return { sql, params };
  }
  return null;
}

interface SortFewOptions extends ListRowsOptions {
  readonly keys: { readonly sql: string; readonly params: Readonly<Record<string, SqlValue>> };
}

async function sortFew(
  database: SqliteDatabase,
  { keys, filters, order, limit, after, signal }: SortFewOptions,
): Promise<readonly ListedRow[]> {
  const rest = after === null ? null : isAfter(order, after.values, 'models.key');
  const conditions = [...filters.conditions, ...filters.ranges, ...(rest === null ? [] : [rest.sql])];
  const sql = `with few as materialized (${keys.sql}), page as materialized (
  select models.key, ${sortColumn(order)} from few cross join models using (key)
  where true${conditions.map((condition) => ` and ${condition}`).join('')} order by ${orderBy(order, 'models.key')} ${limitedTo('limit')}
) select record, ${placeSql(order)} as place from page cross join records using (key) order by ${orderBy(order)}`;
  const params = { ...filters.parameters, ...keys.params, ...rest?.parameters, limit };
  return database.all<ListedRow>(sql, params, { signal });
}

interface WalkOptions extends Pick<ListRowsOptions, 'filters' | 'order' | 'limit' | 'signal'> {
  readonly after: readonly (string | number)[] | null;
  readonly look: number;
}

/** Looks at the models that are next in the order. `end`: the last of them, null where these were all. */
async function walk(
  database: SqliteDatabase,
  { filters, order, limit, after, look, signal }: WalkOptions,
): Promise<{ readonly rows: readonly ListedRow[]; readonly end: string | null }> {
  const rest = after === null ? null : isAfter(order, after);
  const conditions = [...filters.conditions, ...filters.ranges];
  const seen = `select key, ${sortColumn(order)} from models ${rest === null ? '' : `where ${rest.sql}`} order by ${orderBy(order)} ${limitedTo('look')}`;
  const sql = `with seen as materialized (${seen}), page as materialized (
  select seen.* from seen ${conditions.length === 0 ? '' : `cross join models using (key) where ${conditions.join(' and ')}`} ${limitedTo('limit')}
) select record, ${placeSql(order)} as place from page cross join records using (key) order by ${orderBy(order)}`;
  const params = { ...filters.parameters, ...rest?.parameters, limit };
  const rows = await database.all<ListedRow>(
    sql,
    { ...params, look: conditions.length === 0 ? limit : look },
    { signal },
  );
  if (rows.length >= limit || conditions.length === 0) return { rows, end: null };
  const place = `select ${placeSql(order)} as place from (${seen} offset :skipped) limit 1`;
  const end = await database.get<{ place: string }>(
    place,
    { ...rest?.parameters, look: 1, skipped: look - 1 },
    { signal },
  );
  return { rows, end: end?.place ?? null };
}
