import { facetFields, ModelkeepError, type FacetField } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { countAll } from './count-all.ts';
import { countMatches } from './count-matches.ts';
import type { FacetValue, FieldCounts } from './facet-value.ts';
import type { ModelFilters } from './filters.ts';
import { checkLimit, FEW_MATCHES } from './limits.ts';
import { nearQuery } from './near-words.ts';
import { parseQuery, type ParsedQuery } from './parse-query.ts';
import { readFilters } from './read-filters.ts';

/** What goes with a count. */
export interface FacetOptions extends ModelFilters {
  /** What the models are counted by. @default all */
  readonly fields?: readonly FacetField[] | undefined;
  /** Values of each field, the most frequent first; from 1 to 1,000. @default 50 */
  readonly limit?: number | undefined;
  /** Whether words like those of the query count as well where these find fewer than five models. @default true */
  readonly near?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How the models that match are spread over values. */
export interface Facets {
  /** A field's own filter does not count for it: it tells what another choice would find. */
  readonly fields: Readonly<Partial<Record<FacetField, readonly FacetValue[]>>>;
  /** Models that match. */
  readonly models: number;
  /** Only the newest 2,000 matches were counted: there are at least so many. */
  readonly approximate: boolean;
}

/** @internal */
export async function countFacetsOf(
  database: SqliteDatabase,
  query: string,
  options: FacetOptions = {},
): Promise<Facets> {
  const { fields = facetFields, limit = 50, signal } = options;
  checkLimit(limit);
  const wrong = fields.find((field) => !facetFields.includes(field));
  if (wrong !== undefined) throw unknownField(wrong);
  const parsed = parseQuery(query);
  const withoutOwn = fields.filter((field) => isFiltered(options, field));
  const withAll = fields.filter((field) => !isFiltered(options, field));

  const exact = await count(database, parsed, { filters: options, fields: withAll, limit, signal });
  const words = await understood(database, parsed, { models: exact.models, options });
  const all =
    words === parsed ? exact : await count(database, words, { filters: options, fields: withAll, limit, signal });
  const counts = new Map<FacetField, readonly FacetValue[]>(all.fields);
  let { approximate } = all;
  for (const field of withoutOwn) {
    const filters = { ...options, [field]: undefined, ...(field === 'tags' ? { anyTags: undefined } : {}) };
    const own = await count(database, words, { filters, fields: [field], limit, signal });
    counts.set(field, own.fields.get(field) ?? []);
    approximate ||= own.approximate;
  }
  const ordered = fields.map((field) => [field, counts.get(field) ?? []] as const);
  return { fields: Object.fromEntries(ordered), models: all.models, approximate };
}

/** The query, which so many models have, or the one that a search would take it for. */
async function understood(
  database: SqliteDatabase,
  query: ParsedQuery,
  { models, options }: { readonly models: number; readonly options: FacetOptions },
): Promise<ParsedQuery> {
  if (query.terms.length === 0 || options.near === false || models >= FEW_MATCHES) return query;
  const near = await nearQuery(database, query, { findsNothing: models === 0, signal: options.signal });
  return near?.query ?? query;
}

interface CountOptions {
  readonly filters: ModelFilters;
  readonly fields: readonly FacetField[];
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

function count(database: SqliteDatabase, query: ParsedQuery, options: CountOptions): Promise<FieldCounts> {
  const filters = readFilters(options.filters);
  const isAll = query.terms.length === 0 && !filters.byIds && filters.conditions.length + filters.ranges.length === 0;
  const { fields, limit, signal } = options;
  if (isAll) return countAll(database, { fields, limit, signal });
  return countMatches(database, { query, filters, fields, limit, signal });
}

function isFiltered(filters: ModelFilters, field: FacetField): boolean {
  const value = filters[field];
  const isSet = value !== undefined && (typeof value === 'string' || value.length > 0);
  return isSet || (field === 'tags' && (filters.anyTags?.length ?? 0) > 0);
}

function unknownField(found: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `models are counted by ${facetFields.join(', ')}`,
    facts: { argument: 'fields', found },
  });
}
