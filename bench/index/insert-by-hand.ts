import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { ModelRecord } from '../../packages/core/src/index.ts';
import { indexMigration } from '../../packages/library-index/src/schema.ts';
import { modelColumns, stagedRowOf } from '../../packages/library-index/src/write/staged-row.ts';
import { addNearWords } from '../../packages/library-index/src/write/word-statements.ts';

const COLUMNS = [...modelColumns, 'names', 'labels', 'files', 'words', 'filters', 'label_values', 'record'];
const COUNTED = ['type', 'family', 'base_model', 'format', 'precision', 'quantisation', 'licence'];

/** The rows of an index, written as directly as it goes: one transaction on the calling thread, nothing beside it. */
export function insertByHand(path: string, records: Iterable<ModelRecord>): void {
  using database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = normal');
  database.exec('begin');
  database.exec(indexMigration.steps.join('\n'));
  const insert = (table: string, columns: readonly string[]): ((row: readonly unknown[]) => void) => {
    const sql = `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;
    const statement = database.prepare(sql);
    return (row) => void statement.run(...(row as SQLInputValue[]));
  };
  const model = insert('models', [...modelColumns, 'changed']);
  const record = insert('records', ['key', 'record']);
  const texts = insert('model_texts', ['key', 'names', 'labels', 'files']);
  const file = insert('model_files', ['model_key', 'position', 'name', 'sha256', 'git_sha1', 'size_bytes']);
  const label = insert('model_labels', ['model_key', 'kind', 'value']);
  const search = insert('search', ['rowid', 'names', 'labels', 'files', 'filters']);
  const name = insert('name_search', ['rowid', 'names', 'filters']);
  const text = insert('texts', ['rowid', 'words']);
  const change = insert('changes', ['model_id', 'kind', 'at']);
  const words = new Set<string>();
  for (const it of records) {
    const values = stagedRowOf(it).values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
    const row = Object.fromEntries(COLUMNS.map((column, place) => [column, values[place]]));
    model([...values.slice(0, modelColumns.length), 0]);
    record([row['key'], row['record']]);
    texts([row['key'], row['names'], row['labels'], row['files']]);
    for (const [place, own] of it.files.entries())
      file([row['key'], place, own.name, own.sha256, own.gitSha1, own.sizeBytes]);
    for (const [kind, value] of JSON.parse(String(row['label_values'])) as string[][]) label([row['key'], kind, value]);
    search([row['key'], row['names'], row['labels'], row['files'], row['filters']]);
    name([row['key'], row['names'], row['filters']]);
    text([row['key'], row['words']]);
    change([it.id, 'written', '']);
    for (const word of String(row['words']).split(' ')) words.add(word);
  }
  const word = insert('words', ['word']);
  for (const it of words) word([it]);
  for (const { sql } of addNearWords(words.size)) database.prepare(sql).run();
  for (const column of COUNTED) {
    database.exec(`insert into facet_counts select '${column}', ${column}, count(*) from models
where ${column} is not null group by ${column}`);
  }
  database.exec(
    "insert into facet_counts select kind, value, count(*) from model_labels where kind <> 'repo' group by 1, 2",
  );
  database.exec('commit');
}
