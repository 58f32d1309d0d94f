import type { ModelRecord } from '@modelkeep/core';
import type { SqlStatement, SqlValue } from '@modelkeep/sqlite';
import { filterTokensOf } from '../query/filters.ts';
import { searchTextOf } from '../text/search-text.ts';

/** @internal The columns of a staged model that become the row of `models`. */
export const modelColumns = [
  'id',
  'slug',
  'sort_name',
  'type',
  'family',
  'base_model',
  'format',
  'size_bytes',
  'file_count',
  'revision',
  'updated_at',
  'names',
  'labels',
] as const;

const columns = [...modelColumns, 'files', 'words', 'filters', 'record'] as const;

type StagedRow = Readonly<Record<(typeof columns)[number], SqlValue>>;

/** @internal A model as it is handed to the worker. */
export function stagedRowOf(record: ModelRecord): readonly SqlValue[] {
  const text = searchTextOf(record);
  const row: StagedRow = {
    id: record.id,
    slug: record.slug,
    sort_name: text.sortName,
    type: record.type,
    family: record.family,
    base_model: record.baseModel,
    format: record.format,
    size_bytes: record.sizeBytes,
    file_count: record.files.length,
    revision: record.revision,
    updated_at: record.updatedAt,
    names: text.names,
    labels: text.labels,
    files: text.files,
    words: text.words,
    filters: filterTokensOf(record),
    record: JSON.stringify(record),
  };
  return columns.map((column) => row[column]);
}

/** @internal A temporary table that models wait in until they are merged. */
export function createStagingTable(table: string): SqlStatement[] {
  return [
    { sql: `create temp table if not exists ${table} (${columns.join(', ')}, primary key (id))` },
    { sql: `delete from temp.${table}` },
  ];
}

/** @internal Of two records with one id the newer revision stays. */
export function stageRows(table: string, rows: readonly (readonly SqlValue[])[]): SqlStatement {
  const places = columns.map(() => '?').join(', ');
  const changes = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  return {
    sql: `insert into temp.${table} (${columns.join(', ')}) values (${places})
on conflict (id) do update set ${changes} where excluded.revision > ${table}.revision`,
    paramRows: rows,
  };
}
