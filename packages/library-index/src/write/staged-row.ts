import type { ModelRecord } from '@modelkeep/core';
import type { SqlStatement, SqlValue } from '@modelkeep/sqlite';
import { filterWordsOf, labelsOf } from '../query/filter-words.ts';
import { searchTextOf } from '../text/search-text.ts';
import { modelKeyOf } from './model-key.ts';

/** @internal The columns of a staged model that become the row of `models`. */
export const modelColumns = [
  'key',
  'id',
  'slug',
  'sort_name',
  'joined_name',
  'type',
  'family',
  'base_model',
  'format',
  'precision',
  'quantisation',
  'licence',
  'complete',
  'size_bytes',
  'file_count',
  'revision',
  'imported_ms',
  'updated_ms',
] as const;

const columns = [...modelColumns, 'names', 'labels', 'files', 'words', 'filters', 'label_values', 'record'] as const;

/** @internal A model as it is handed to the worker. */
export interface StagedRow {
  readonly values: readonly SqlValue[];
  /** All words of the model, with a space between two. */
  readonly words: string;
  readonly characters: number;
}

/** @internal */
export function stagedRowOf(record: ModelRecord): StagedRow {
  const text = searchTextOf(record);
  const labels = labelsOf(record);
  const filters = filterWordsOf(record, labels);
  const json = JSON.stringify(record);
  const row: Readonly<Record<(typeof columns)[number], SqlValue>> = {
    key: modelKeyOf(record.id),
    id: record.id,
    slug: record.slug,
    sort_name: text.sortName,
    joined_name: text.joinedName,
    type: record.type,
    family: record.family,
    base_model: record.baseModel,
    format: record.format,
    precision: record.precision,
    quantisation: record.quantisation,
    licence: record.licence,
    complete: record.complete,
    size_bytes: record.sizeBytes,
    file_count: record.files.length,
    revision: record.revision,
    imported_ms: millisecondsOf(record.importedAt),
    updated_ms: millisecondsOf(record.updatedAt),
    names: text.names,
    labels: text.labels,
    files: text.files,
    words: text.words,
    filters,
    label_values: JSON.stringify(labels.map(({ kind, value }) => [kind, value])),
    record: json,
  };
  const characters = json.length + text.names.length + text.labels.length + text.words.length + filters.length;
  return { values: columns.map((column) => row[column]), words: text.words, characters };
}

/** A time that is none sorts before all others. */
function millisecondsOf(time: string): number {
  const milliseconds = Date.parse(time);
  return Number.isFinite(milliseconds) ? milliseconds : 0;
}

/** @internal A temporary table that models wait in until they are merged. */
export function createStagingTable(table: string): SqlStatement[] {
  const definitions = columns.map((column) => (column === 'key' ? 'key integer' : column));
  return [
    { sql: `create temp table if not exists ${table} (${definitions.join(', ')}, primary key (id))` },
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
