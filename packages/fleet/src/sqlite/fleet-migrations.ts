import type { Migration } from '@modelkeep/sqlite';

/**
 * What processes know in common. `fleet_changes` has one row for each entry that was ever changed, with the number of its
 * latest change: it is the change feed, and the entry's version is that number.
 */
export const fleetMigrations: Migration = {
  namespace: 'fleet',
  steps: [
    `create table fleet_facts (
       name text primary key,
       value text not null
     ) strict, without rowid;
     insert into fleet_facts (name, value) values ('generation', lower(hex(randomblob(16)))), ('forgotten', '0');
     create table fleet_changes (
       seq integer primary key autoincrement,
       topic text not null,
       key text not null,
       unique (topic, key)
     ) strict;
     create table fleet_declared (
       key text primary key,
       declaration text not null,
       version integer not null,
       updated_at text not null
     ) strict, without rowid;
     create table fleet_manifest (
       key text primary key,
       completed integer not null,
       repo_id text not null,
       revision text,
       size_bytes integer not null,
       at text not null,
       version integer not null,
       updated_at text not null
     ) strict, without rowid;
     create table fleet_progress (
       key text primary key,
       status text not null,
       percentage real,
       bytes_done integer not null,
       bytes_total integer not null,
       error text,
       started_at text not null,
       version integer not null,
       updated_at text not null
     ) strict, without rowid;
     create table fleet_repos (
       id text primary key,
       provider text not null,
       repo text not null,
       revision text not null,
       status text not null,
       commit_id text,
       error text,
       registered_at text not null,
       synced_at text,
       version integer not null,
       updated_at text not null,
       unique (provider, repo, revision)
     ) strict, without rowid;
     create table fleet_artifacts (
       id text primary key,
       repo_id text not null references fleet_repos (id) on delete cascade,
       path text not null,
       size_bytes integer not null,
       sha256 text,
       git_sha1 text,
       status text not null,
       local_path text,
       content_sha256 text,
       error text,
       version integer not null,
       updated_at text not null,
       unique (repo_id, path)
     ) strict, without rowid;
     create table fleet_tokens (
       origin text primary key,
       name text,
       set_at text not null,
       last_used_at text,
       valid integer,
       checked_at text
     ) strict, without rowid;`,
  ],
};
