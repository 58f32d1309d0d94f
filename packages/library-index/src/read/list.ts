import type { ModelRecord } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import type { ModelFilters } from '../query/filters.ts';
import { checkLimit } from '../query/limits.ts';
import { readCursor, writeCursor, type PagePlace } from '../query/page-place.ts';
import { readFilters } from '../query/read-filters.ts';
import { sortOrder, type SortOptions } from '../query/sort-order.ts';
import { listRows } from './list-rows.ts';
import { parseRecords } from './parse-records.ts';

/** Which page is wanted. */
export interface ListOptions extends ModelFilters, SortOptions {
  /** From 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
  /** `next` of the page before, with everything else the same. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A page of models. */
export interface ModelPage {
  readonly records: readonly ModelRecord[];
  /** What `after` takes to go on behind each of the records. */
  readonly cursors: readonly string[];
  /** What `after` takes to go on, or null at the end. Models that come or go meanwhile shift nothing. */
  readonly next: string | null;
}

/** @internal */
export async function listModels(database: SqliteDatabase, options: ListOptions = {}): Promise<ModelPage> {
  const limit = checkLimit(options.limit ?? 100);
  const order = sortOrder(options);
  const filters = readFilters(options);
  const after = options.after === undefined ? null : readCursor(options.after, order);
  const rows = await listRows(database, { filters, order, limit: limit + 1, after, signal: options.signal });
  const page = rows.slice(0, limit);
  const cursors = page.map(({ place }) => writeCursor(order, { ...noPlace, values: JSON.parse(place) as string[] }));
  const next = rows.length > limit ? (cursors.at(-1) ?? null) : null;
  return { records: await parseRecords(page, database.path), cursors, next };
}

const noPlace: Omit<PagePlace, 'values'> = { horizon: null, exact: null };
