import type { Migration } from '@modelkeep/sqlite';

/**
 * The tables of the mapper in a state database, for `openSqlite`'s `migrations`. Rows are keyed by machine: links belong
 * to the machine that made them, and rows of another one are never looked at.
 */
export const mapperMigrations: Migration = {
  namespace: 'mapper',
  steps: [
    `create table mapper_links (
       machine text not null,
       target text not null,
       source text not null,
       previous_source text,
       model_id text not null,
       slug text not null,
       file_sha256 text,
       app text not null,
       app_root text not null,
       folder text not null,
       plan_id text not null,
       run_id text not null,
       strategy text not null,
       leads_to text not null check (leads_to in ('file', 'folder')),
       state text not null check (state in ('pending', 'removing', 'done')),
       created_at text not null,
       primary key (machine, target)
     ) without rowid;
     create index mapper_links_by_app on mapper_links (machine, app, app_root);
     create index mapper_links_by_model on mapper_links (machine, model_id);
     create index mapper_links_unfinished on mapper_links (machine, state) where state <> 'done';
     create table mapper_folders (
       machine text not null,
       path text not null,
       app text not null,
       app_root text not null,
       primary key (machine, path)
     ) without rowid;
     create table mapper_undo (
       machine text not null,
       run_id text not null,
       target text not null,
       app text not null,
       app_root text not null,
       before text,
       after_source text,
       primary key (machine, run_id, target)
     ) without rowid;
     create index mapper_undo_by_app on mapper_undo (machine, app, app_root, run_id);`,
    `alter table mapper_links add column mark text;
     alter table mapper_links add column content text;
     alter table mapper_links add column previous text;`,
    `create table mapper_files (
       machine text not null,
       path text not null,
       app text not null,
       app_root text not null,
       view_root text not null,
       format text not null,
       previous text,
       content text,
       was_there integer not null,
       run_id text not null,
       state text not null check (state in ('pending', 'done')),
       created_at text not null,
       primary key (machine, path)
     ) without rowid;
     create index mapper_files_by_app on mapper_files (machine, app, app_root);
     create table mapper_file_undo (
       machine text not null,
       run_id text not null,
       path text not null,
       app text not null,
       view_root text not null,
       before text,
       after text,
       primary key (machine, run_id, path)
     ) without rowid;`,
    `alter table mapper_file_undo add column app_root text;
     alter table mapper_file_undo add column format text;
     alter table mapper_file_undo add column was_there integer;`,
    `create table mapper_places (machine text primary key, places text not null) without rowid;`,
    `create table mapper_unfinished (
       machine text not null,
       run_id text not null,
       app text not null,
       app_root text not null,
       primary key (machine, run_id)
     ) without rowid;`,
  ],
};
