import { facetFields } from '@modelkeep/core';
import type { SqlParams, SqlStatement } from '@modelkeep/sqlite';
import { COLUMN_FIELDS, LABEL_FIELDS } from '../query/filters.ts';

const counted = new Set<string>(facetFields);

/**
 * @internal Counts some models in or out.
 *
 * @param keys - SQL of the keys of these models
 */
export function countFacets(keys: string, params: SqlParams | undefined, change: 1 | -1): SqlStatement {
  return {
    sql: `insert into facet_counts (field, value, models)
select field, value, ${change} * count(*) from (
  ${valuesOf(`where models.key in (${keys})`, `where model_key in (${keys})`)}
) where true group by field, value
on conflict (field, value) do update set models = models + excluded.models`,
    params,
  };
}

function valuesOf(whereModels: string, whereLabels: string): string {
  const columns = COLUMN_FIELDS.filter(({ name }) => counted.has(name)).map(
    ({ name, column }) =>
      `select '${name}' as field, ${column} as value from models ${whereModels} and ${column} is not null`,
  );
  const labels = `select kind, value from model_labels ${whereLabels} and kind in (${labelKinds()})`;
  return [...columns, labels].join('\n  union all ');
}

function labelKinds(): string {
  return LABEL_FIELDS.filter(({ kind }) => counted.has(kind))
    .map(({ kind }) => `'${kind}'`)
    .join(', ');
}
