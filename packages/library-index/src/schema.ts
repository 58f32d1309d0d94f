import { ModelkeepError } from '@modelkeep/core';
import type { Migration, SqliteDatabase } from '@modelkeep/sqlite';

/**
 * The version of the index's schema. The index is derived: a new version gets a new file, so the caller puts this number
 * into the file's name.
 */
export const indexSchemaVersion = 1;

/**
 * Texts come as words that were folded already, so the tokenizer only has to cut at spaces. Descriptions are long and
 * full of common words: in `search` they would make every beginning of a word slow. `texts` holds them without places.
 */
const TABLES = `
create table models (
  key integer primary key,
  id text not null unique,
  slug text not null,
  sort_name text not null,
  type text not null,
  family text,
  base_model text,
  format text not null,
  size_bytes integer not null,
  file_count integer not null,
  revision integer not null,
  updated_at text not null,
  changed integer not null,
  names text not null,
  labels text not null
);
create index models_by_slug on models (slug);
create index models_by_name on models (sort_name, id);
create index models_by_type on models (type, sort_name, id);
create index models_by_family on models (family, sort_name, id);
create index models_by_base_model on models (base_model, sort_name, id);
create index models_by_format on models (format, sort_name, id);

create table records (key integer primary key, record text not null);

create table model_files (
  model_key integer not null,
  position integer not null,
  name text not null,
  sha256 text not null,
  git_sha1 text,
  size_bytes integer not null,
  primary key (model_key, position)
) without rowid;
create index model_files_by_sha256 on model_files (sha256);
create index model_files_by_size on model_files (size_bytes);
create index model_files_by_git_sha1 on model_files (git_sha1) where git_sha1 is not null;

create virtual table search using fts5 (
  names, labels, files, filters,
  content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
insert into search (search, rank) values ('hashsize', 16777216);

create virtual table texts using fts5 (
  words, filters,
  content = '', contentless_delete = 1, tokenize = 'ascii', detail = none
);
insert into texts (texts, rank) values ('hashsize', 16777216);

create table changes (
  seq integer primary key autoincrement,
  model_id text not null,
  kind text not null,
  at text not null
);

create table facts (name text primary key, value text not null) without rowid;
insert into facts values ('generation', lower(hex(randomblob(16))));
`;

/** @internal */
export const indexMigration: Migration = { namespace: 'library-index', steps: [TABLES] };

const OBJECTS = [
  ...['models', 'records', 'model_files', 'changes', 'facts', 'modelkeep_migrations'].map((name) => `table ${name}`),
  ...['search', 'texts'].flatMap((name) =>
    ['', '_data', '_idx', '_docsize', '_config'].map((part) => `table ${name}${part}`),
  ),
  ...['slug', 'name', 'type', 'family', 'base_model', 'format'].map((name) => `index models_by_${name}`),
  ...['sha256', 'size', 'git_sha1'].map((name) => `index model_files_by_${name}`),
].sort();

/**
 * @internal Makes sure that the file holds our tables and nothing else: an index that came with somebody's library may
 * carry views and triggers.
 *
 * @throws `sqlite.corrupt` otherwise: the index is made anew
 */
export async function checkSchema(database: SqliteDatabase, signal: AbortSignal | undefined): Promise<void> {
  const sql = "select type || ' ' || name as object from sqlite_schema where name not like 'sqlite\\_%' escape '\\'";
  const rows = await database.all<{ object: string }>(sql, [], { signal });
  const found = rows.map(({ object }) => object).sort();
  if (found.join() === OBJECTS.join()) return;
  throw new ModelkeepError('sqlite.corrupt', {
    message: `${database.path} is not an index that modelkeep made`,
    facts: { path: database.path },
    hint: 'set the file aside and rebuild the index from the metadata',
  });
}
