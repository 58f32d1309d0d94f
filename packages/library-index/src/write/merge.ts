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
 * @internal Makes the staged models of a range the present ones: rows, files, full text. The search rows go by the key of
 * the model, so nothing is scanned.
 */
export function mergeStatements({ table, from, to }: MergeRange): SqlStatement[] {
  const params: SqlParams = { from, to };
  const within = 'staged.id > :from and staged.id <= :to';
  const joined = `temp.${table} as staged join models on models.id = staged.id where ${within}`;
  const changes = modelColumns.map((column) => `${column} = excluded.${column}`).join(', ');
  return [
    { sql: `delete from search where rowid in (select key from ${joined})`, params },
    { sql: `delete from texts where rowid in (select key from ${joined})`, params },
    { sql: `delete from model_files where model_key in (select key from ${joined})`, params },
    {
      sql: `insert into models (${modelColumns.join(', ')}, changed)
select ${modelColumns.map((column) => `staged.${column}`).join(', ')}, ${LAST_CHANGE}
from temp.${table} as staged where ${within} order by staged.id
on conflict (id) do update set ${changes}, changed = excluded.changed`,
      params,
    },
    { sql: `insert or replace into records (key, record) select key, staged.record from ${joined}`, params },
    {
      sql: `insert into model_files (model_key, position, name, sha256, git_sha1, size_bytes)
select models.key, file.key, file.value ->> 'name', file.value ->> 'sha256', file.value ->> 'gitSha1', file.value ->> 'sizeBytes'
from temp.${table} as staged join models on models.id = staged.id, json_each(staged.record, '$.files') as file where ${within}`,
      params,
    },
    {
      sql: `insert into search (rowid, names, labels, files, filters)
select models.key, staged.names, staged.labels, staged.files, staged.filters from ${joined} order by models.key`,
      params,
    },
    {
      sql: `insert into texts (rowid, words, filters)
select models.key, staged.words, staged.filters from ${joined} order by models.key`,
      params,
    },
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
  return [
    { sql: `delete from search where rowid in (select key from temp.${table})` },
    { sql: `delete from texts where rowid in (select key from temp.${table})` },
    { sql: `delete from model_files where model_key in (select key from temp.${table})` },
    { sql: `delete from records where key in (select key from temp.${table})` },
    { sql: `delete from models where key in (select key from temp.${table})` },
  ];
}

/** @internal Forgets the oldest changes. */
export function pruneChanges(): SqlStatement {
  return { sql: `delete from changes where seq <= ${LAST_CHANGE} - ${CHANGES_KEPT}` };
}
