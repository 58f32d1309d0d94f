import type { Migration } from '@modelkeep/sqlite';

/** The tables of servers and availability, in a database that others may share. */
export const serversMigrations: Migration = {
  namespace: 'servers',
  steps: [
    `create table servers_list (
       key integer primary key autoincrement,
       id text not null unique,
       name text not null,
       labels text not null,
       capacity text not null,
       endpoint text,
       silent_after_ms integer not null,
       registered_at_ms integer not null,
       seen_at_ms integer not null,
       told_silent integer not null default 0,
       running integer not null default 0,
       queued integer not null default 0,
       bytes_per_second real,
       version integer not null default 0,
       digest text not null,
       synced_at_ms integer
     );
     create table servers_contents (
       key integer primary key autoincrement,
       sha256 text not null unique,
       size_bytes integer not null,
       name text,
       type text,
       family text,
       base_model text,
       precision text,
       civitai_version_id integer,
       told_by integer not null
     );
     create index servers_contents_alike on servers_contents (type, family, sha256);
     create table servers_inventory (
       content_key integer not null,
       server_key integer not null,
       state integer not null,
       digest integer not null,
       seen_at_ms integer not null,
       given_up_ms integer,
       path text not null,
       primary key (content_key, server_key)
     ) without rowid;
     create index servers_inventory_by_server on servers_inventory (server_key, state);
     create table servers_names (
       ref text not null,
       revision text not null,
       content_key integer not null,
       primary key (ref, revision, content_key)
     ) without rowid;
     create table servers_paths (
       name text not null,
       path text not null,
       is_absolute integer not null,
       content_key integer not null,
       primary key (name, path, is_absolute, content_key)
     ) without rowid;
     create table servers_log (
       seq integer primary key autoincrement,
       kind text not null,
       server_id text not null,
       sha256 text,
       copies integer,
       at_ms integer not null
     );
     create table servers_facts (name text primary key, value text not null) without rowid;
     insert into servers_facts values ('generation', lower(hex(randomblob(16))));`,
    // An edition counts the changes of the list, so that a look reads only what is newer than the one before it.
    `alter table servers_list add column edition integer not null default 0;
     create index servers_list_by_edition on servers_list (edition);
     create table servers_editions (last integer not null, removed integer not null);
     insert into servers_editions values (0, 0);
     create trigger servers_list_added after insert on servers_list begin
       update servers_editions set last = last + 1;
       update servers_list set edition = (select last from servers_editions) where key = new.key;
     end;
     create trigger servers_list_changed after update of name, labels, capacity, endpoint, silent_after_ms, registered_at_ms,
       seen_at_ms, running, queued, bytes_per_second, version, digest, synced_at_ms on servers_list begin
       update servers_editions set last = last + 1;
       update servers_list set edition = (select last from servers_editions) where key = new.key;
     end;
     create trigger servers_list_removed after delete on servers_list begin
       update servers_editions set last = last + 1, removed = last + 1;
     end;`,
  ],
};
