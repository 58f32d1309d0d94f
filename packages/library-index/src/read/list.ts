import type { ModelRecord } from '@modelkeep/core';
import type { SqliteDatabase, SqlValue } from '@modelkeep/sqlite';
import { activeFilters, type ModelFilters } from '../query/filters.ts';
import { checkLimit } from '../query/limits.ts';
import { readListCursor, writeListCursor } from './list-cursor.ts';
import { parseRecords } from './parse-records.ts';

/** Which page is wanted. */
export interface ListOptions extends ModelFilters {
  /** From 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A page of models, sorted by name. */
export interface ModelPage {
  readonly records: readonly ModelRecord[];
  /** What `after` takes to go on, or null at the end. Models that come or go meanwhile shift nothing. */
  readonly next: string | null;
}

/** @internal */
export async function listModels(database: SqliteDatabase, options: ListOptions = {}): Promise<ModelPage> {
  const limit = checkLimit(options.limit ?? 100);
  const filters = activeFilters(options);
  const params: Record<string, SqlValue> = { limit: limit + 1 };
  const conditions = filters.map(({ column, value }, place) => {
    params[`filter${place}`] = value;
    return `${column} = :filter${place}`;
  });
  if (options.after !== undefined) {
    const { sortName, id } = readListCursor(options.after);
    Object.assign(params, { sortName, id });
    conditions.push('(sort_name, id) > (:sortName, :id)');
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const sql = `select record, sort_name as sortName, id
from (select key, sort_name, id from models ${where} order by sort_name, id limit :limit) join records using (key)
order by sort_name, id`;
  const rows = await database.all<{ record: string; sortName: string; id: string }>(sql, params, {
    signal: options.signal,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? writeListCursor(last) : null;
  return { records: await parseRecords(page, database.path), next };
}
