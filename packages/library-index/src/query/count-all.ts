import type { FacetField } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import type { FacetValue, FieldCounts } from './facet-value.ts';
import { limitedTo } from './limits.ts';

/** @internal */
export interface CountAllOptions {
  readonly fields: readonly FacetField[];
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** @internal All models by their values: every write keeps these counts, so they are exact and at hand. */
export async function countAll(
  database: SqliteDatabase,
  { fields, limit, signal }: CountAllOptions,
): Promise<FieldCounts> {
  const counts = new Map<FacetField, readonly FacetValue[]>();
  for (const field of fields) {
    const sql = `select value, models from facet_counts where field = :field and models > 0
order by models desc, value ${limitedTo('limit')}`;
    counts.set(field, await database.all<FacetValue>(sql, { field, limit }, { signal }));
  }
  // Every model has a type.
  const sql = "select coalesce(sum(models), 0) as models from facet_counts where field = 'type'";
  const row = await database.get<{ models: number }>(sql, [], { signal });
  return { fields: counts, models: row?.models ?? 0, approximate: false };
}
