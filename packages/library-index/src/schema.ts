import { ModelkeepError } from '@modelkeep/core';
import type { Migration, SqliteDatabase } from '@modelkeep/sqlite';

/**
 * The version of the index's schema. The index is derived: a new version gets a new file, so the caller puts this number
 * into the file's name.
 */
export const indexSchemaVersion = 2;

/**
 * The rows of a model go by a key that follows from its id. Texts come as words that were folded already, so the tokenizer
 * only has to cut at spaces. Descriptions are long and full of common words: in `search` they would make every beginning of
 * a word slow. `texts` holds them without places. `name_search` is there because a word that is in every file name would hide the
 * names that have it. `words` knows every word, and `near_words` each with one letter left out.
 */
const TABLES = `
create table models (
  key integer primary key,
  id text not null unique,
  slug text not null,
  sort_name text not null,
  joined_name text not null,
  type text not null,
  family text,
  base_model text,
  format text not null,
  precision text,
  quantisation text,
  licence text,
  complete integer not null,
  size_bytes integer not null,
  file_count integer not null,
  revision integer not null,
  imported_ms integer not null,
  updated_ms integer not null,
  changed integer not null
);
create index models_by_slug on models (slug);
create index models_by_name on models (sort_name);
create index models_by_joined_name on models (joined_name);
create index models_by_size on models (size_bytes);
create index models_by_import on models (imported_ms);
create index models_by_update on models (updated_ms);

create table model_texts (key integer primary key, names text not null, labels text not null, files text not null);
create table records (key integer primary key, record text not null);

create table model_labels (
  model_key integer not null,
  kind text not null,
  value text not null,
  primary key (model_key, kind, value)
) without rowid;

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

create virtual table name_search using fts5 (
  names, filters,
  content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
insert into name_search (name_search, rank) values ('hashsize', 16777216);

create virtual table texts using fts5 (
  words,
  content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3', detail = none
);
insert into texts (texts, rank) values ('hashsize', 16777216);

create table words (key integer primary key, word text not null unique);
create table near_words (gone text not null, word text not null, primary key (gone, word)) without rowid;
create virtual table word_parts using fts5 (word, content = 'words', content_rowid = 'key', tokenize = 'trigram');

create table facet_counts (
  field text not null,
  value text not null,
  models integer not null,
  primary key (field, value)
) without rowid;
create index facet_counts_by_models on facet_counts (field, models desc, value);

create table changes (
  seq integer primary key autoincrement,
  model_id text not null,
  kind text not null,
  at text not null
);

create table facts (name text primary key, value text not null) without rowid;
insert into facts values ('generation', lower(hex(randomblob(16))));
insert into facts values ('near-words-until', 0);
`;

/** @internal */
export const indexMigration: Migration = { namespace: 'library-index', steps: [TABLES] };

const PLAIN_TABLES = `models model_texts records model_labels model_files words near_words facet_counts changes facts
modelkeep_migrations`;

const OBJECTS = [
  ...PLAIN_TABLES.split(/\s+/).map((name) => `table ${name}`),
  ...['search', 'name_search', 'texts'].flatMap((name) =>
    ['', '_data', '_idx', '_docsize', '_config'].map((part) => `table ${name}${part}`),
  ),
  ...['', '_data', '_idx', '_docsize', '_config'].map((part) => `table word_parts${part}`),
  ...['slug', 'name', 'joined_name', 'size', 'import', 'update'].map((name) => `index models_by_${name}`),
  ...['sha256', 'size', 'git_sha1'].map((name) => `index model_files_by_${name}`),
  'index facet_counts_by_models',
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
