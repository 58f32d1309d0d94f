/**
 * @internal Servers and who has what; `{s}` is the schema. An edition is of what a server says of itself and of its inventory: it is
 * another one after each change of these, whoever makes it, and never one that was. A heartbeat changes none of them.
 */
export const serversTables = `
  create table {s}.servers_list (
    key integer generated always as identity primary key,
    id text collate "C" not null unique,
    name text not null,
    labels text not null,
    capacity text not null,
    endpoint text,
    silent_after_ms double precision not null,
    registered_at_ms double precision not null,
    seen_at_ms double precision not null,
    told_silent boolean not null default false,
    running integer not null default 0,
    queued integer not null default 0,
    bytes_per_second double precision,
    version integer not null default 0,
    digest text not null,
    synced_at_ms double precision,
    edition uuid not null default gen_random_uuid()
  ) with (fillfactor = 70);
  create function {s}.renew_edition() returns trigger language plpgsql as $$
  begin
    new.edition := gen_random_uuid();
    return new;
  end $$;
  create trigger renewed before update
    of name, labels, capacity, endpoint, silent_after_ms, registered_at_ms, bytes_per_second, version, digest, synced_at_ms
    on {s}.servers_list for each row execute function {s}.renew_edition();
  create table {s}.servers_contents (
    key integer generated always as identity primary key,
    sha256 text collate "C" not null unique,
    size_bytes double precision not null,
    name text,
    type text,
    family text,
    base_model text,
    precision text,
    civitai_version_id double precision,
    told_by integer not null
  );
  create index servers_contents_alike on {s}.servers_contents (type, family, sha256);
  create table {s}.servers_inventory (
    content_key integer not null,
    server_key integer not null,
    state smallint not null,
    digest double precision not null,
    seen_at_ms double precision not null,
    given_up_ms double precision,
    path text not null,
    primary key (content_key, server_key)
  );
  create index servers_inventory_held on {s}.servers_inventory (content_key, server_key) where state = 1;
  create index servers_inventory_by_server on {s}.servers_inventory (server_key, state);
  create table {s}.servers_names (
    hash text collate "C" not null,
    content_key integer not null,
    primary key (hash, content_key)
  );
  create table {s}.servers_paths (
    name_hash text collate "C" not null,
    path_hash text collate "C" not null,
    is_absolute boolean not null,
    content_key integer not null,
    path text not null,
    primary key (name_hash, path_hash, is_absolute, content_key)
  );
  create table {s}.servers_log (
    seq bigint primary key,
    kind text not null,
    server_id text not null,
    sha256 text,
    copies integer,
    at_ms double precision not null
  );
  create table {s}.servers_log_ends (only_one boolean primary key default true check (only_one), last bigint not null, forgotten bigint not null);
  insert into {s}.servers_log_ends (last, forgotten) values (0, 0);
  create trigger noted after insert or delete or update of name, labels, capacity, endpoint, told_silent, version on {s}.servers_list for each row execute function {s}.note_change('servers', 'id');`;
