import type { SqlParams, SqlStatement } from '@modelkeep/sqlite';
import { modelColumns } from './staged-row.ts';

/** How many changes the log keeps: who is further behind reads everything again. */
const CHANGES_KEPT = 20_000;

/** @internal The staged models with `from < id <= to`. */
export interface MergeRange {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** @internal After every id. */
export const lastId = '~';

/** Never less than the number of the model's own last change. */
const LAST_CHANGE = "coalesce((select seq from sqlite_sequence where name = 'changes'), 0)";

/** @internal Notes the staged models of a range in the log: all of them, or only those whose records differ. */
export function logWritten(
  range: MergeRange,
  options: { readonly at: string; readonly onlyDifferent: boolean },
): SqlStatement {
  const different = `and not exists (
  select 1 from models join records using (key) where models.id = staged.id and record = staged.record
)`;
  return {
    sql: `insert into changes (model_id, kind, at)
select staged.id, 'written', :at from temp.${range.table} as staged
where staged.id > :from and staged.id <= :to ${options.onlyDifferent ? different : ''} order by staged.id`,
    params: { from: range.from, to: range.to, at: options.at },
  };
}

/**
 * @internal A model that is there keeps its key. Two ids may ask for one key, though nobody makes such ids but on purpose:
 * then SQLite chooses.
 */
export function settleKeys(table: string): SqlStatement[] {
  return [
    {
      sql: `update temp.${table} set key = null where key in (select key from temp.${table} group by key having count(*) > 1)
or exists (select 1 from models where models.key = ${table}.key and models.id <> ${table}.id)`,
    },
    {
      sql: `update temp.${table} set key = (select key from models where models.id = ${table}.id)
where exists (select 1 from models where models.id = ${table}.id and models.key is not ${table}.key)`,
    },
  ];
}

/** @internal Keys of the staged models of a range, once they are merged. */
export function mergedKeys({ table }: MergeRange): string {
  return `select key from temp.${table} where id > :from and id <= :to`;
}

/** @internal Keys of those staged models of a range that are in the index. */
export function keysThere({ table }: MergeRange): string {
  return `select models.key from temp.${table} as staged join models on models.id = staged.id
where staged.id > :from and staged.id <= :to`;
}

/** @internal Takes the rows away that hang on the staged models of a range which are there already. */
export function clearRange(range: MergeRange): SqlStatement[] {
  return clearRows(keysThere(range), { from: range.from, to: range.to });
}

/** @internal Makes the staged models of a range the present ones, where nothing hangs on them any more. */
export function mergeStatements({ table, from, to }: MergeRange): SqlStatement[] {
  const params: SqlParams = { from, to };
  const within = 'staged.id > :from and staged.id <= :to';
  const changes = modelColumns
    .filter((column) => column !== 'key')
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');
  const staged = `from temp.${table} as staged where ${within}`;
  return [
    {
      sql: `insert into models (${modelColumns.join(', ')}, changed)
select ${modelColumns.map((column) => `staged.${column}`).join(', ')}, ${LAST_CHANGE} ${staged} order by staged.id
on conflict (id) do update set ${changes}, changed = excluded.changed`,
      params,
    },
    {
      sql: `update temp.${table} as staged set key = (select key from models where models.id = staged.id)
where ${within} and key is null`,
      params,
    },
    { sql: `insert or replace into records (key, record) select key, record ${staged} order by id`, params },
    {
      sql: `insert or replace into model_texts (key, names, labels, files) select key, names, labels, files ${staged} order by id`,
      params,
    },
    {
      sql: `insert into model_files (model_key, position, name, sha256, git_sha1, size_bytes)
select staged.key, file.key, file.value ->> 'name', file.value ->> 'sha256', file.value ->> 'gitSha1', file.value ->> 'sizeBytes'
from temp.${table} as staged, json_each(staged.record, '$.files') as file where ${within}`,
      params,
    },
    {
      sql: `insert into model_labels (model_key, kind, value)
select staged.key, label.value ->> 0, label.value ->> 1
from temp.${table} as staged, json_each(staged.label_values) as label where ${within}`,
      params,
    },
    {
      sql: `insert into search (rowid, names, labels, files, filters)
select key, names, labels, files, filters ${staged} order by id`,
      params,
    },
    { sql: `insert into name_search (rowid, names, filters) select key, names, filters ${staged} order by id`, params },
    { sql: `insert into texts (rowid, words) select key, words ${staged} order by id`, params },
  ];
}

/** @internal Notes the models whose ids are in a temporary table as removed. */
export function logRemoved(table: string, at: string): SqlStatement {
  return {
    sql: `insert into changes (model_id, kind, at) select id, 'removed', ? from temp.${table} order by id`,
    params: [at],
  };
}

/** @internal Takes away the models whose keys are in a temporary table. */
export function removeStatements(table: string): SqlStatement[] {
  const keys = `select key from temp.${table}`;
  return [
    ...clearRows(keys),
    { sql: `delete from records where key in (${keys})` },
    { sql: `delete from model_texts where key in (${keys})` },
    { sql: `delete from models where key in (${keys})` },
  ];
}

function clearRows(keys: string, params?: SqlParams): SqlStatement[] {
  return [
    { sql: `delete from search where rowid in (${keys})`, params },
    { sql: `delete from name_search where rowid in (${keys})`, params },
    { sql: `delete from texts where rowid in (${keys})`, params },
    { sql: `delete from model_files where model_key in (${keys})`, params },
    { sql: `delete from model_labels where model_key in (${keys})`, params },
  ];
}

/** @internal Forgets the oldest changes. */
export function pruneChanges(): SqlStatement {
  return { sql: `delete from changes where seq <= ${LAST_CHANGE} - ${CHANGES_KEPT}` };
}
