/** @internal What libraries share, the marks that tell of its changes, and tokens; `{s}` is the schema. */
export const stateTables = `
  create sequence {s}.versions;
  create sequence {s}.marks_seq;
  create table {s}.settings (name text primary key, value text not null);
  insert into {s}.settings values ('database', gen_random_uuid()), ('token-salt', gen_random_uuid());
  create table {s}.libraries (
    library_id text primary key,
    first_seen_at timestamptz not null default now(),
    seen_at timestamptz not null default now()
  );
  create table {s}.declared (
    key text collate "C" primary key,
    body text not null,
    version bigint not null default nextval('{s}.versions'),
    updated_at timestamptz not null default now()
  );
  create table {s}.manifest (
    library_id text collate "C" not null,
    key text collate "C" not null,
    completed boolean not null,
    repo_id text not null,
    revision text,
    size_bytes bigint not null,
    at text not null,
    version bigint not null default nextval('{s}.versions'),
    updated_at timestamptz not null default now(),
    primary key (library_id, key)
  );
  create table {s}.progress (
    library_id text collate "C" not null,
    key text collate "C" not null,
    status text not null,
    percentage double precision,
    bytes_done bigint not null,
    bytes_total bigint not null,
    error text,
    started_at timestamptz not null default now(),
    version bigint not null default nextval('{s}.versions'),
    updated_at timestamptz not null default now(),
    primary key (library_id, key)
  ) with (fillfactor = 70);
  create table {s}.repos (
    id text collate "C" primary key,
    library_id text collate "C" not null,
    provider text not null,
    repo text not null,
    revision text not null,
    status text not null,
    commit text,
    error text,
    registered_at timestamptz not null default now(),
    synced_at text,
    version bigint not null default nextval('{s}.versions'),
    updated_at timestamptz not null default now()
  );
  create index repos_of_library on {s}.repos (library_id);
  create table {s}.artifacts (
    id text collate "C" primary key,
    library_id text collate "C" not null,
    repo_id text collate "C" not null references {s}.repos (id) on delete cascade,
    path text collate "C" not null,
    path_hash text collate "C" not null,
    size_bytes bigint not null,
    sha256 text,
    git_sha1 text,
    status text not null,
    local_path text,
    content_sha256 text,
    error text,
    version bigint not null default nextval('{s}.versions'),
    updated_at timestamptz not null default now(),
    unique (repo_id, path_hash)
  );
  create table {s}.tokens (
    origin text collate "C" primary key,
    name text,
    sealed bytea not null,
    key_id text not null,
    set_at timestamptz not null default now(),
    last_used_at timestamptz,
    valid boolean,
    checked_at timestamptz
  );
  create table {s}.marks (
    topic text not null,
    library_id text not null,
    key text not null,
    xid xid8 not null,
    seq bigint not null default nextval('{s}.marks_seq'),
    deleted boolean not null,
    at timestamptz not null,
    primary key (topic, library_id, key)
  ) with (fillfactor = 70);
  create index marks_by_xid on {s}.marks (xid);
  create function {s}.note_change() returns trigger language plpgsql as $$
  declare
    entry jsonb;
  begin
    if tg_op = 'DELETE' then entry := to_jsonb(old); else entry := to_jsonb(new); end if;
    insert into {s}.marks (topic, library_id, key, xid, deleted, at)
      values (tg_argv[0], coalesce(entry ->> 'library_id', ''), entry ->> tg_argv[1], pg_current_xact_id(), tg_op = 'DELETE', now())
      on conflict (topic, library_id, key) do update
        set xid = excluded.xid, seq = nextval('{s}.marks_seq'), deleted = excluded.deleted, at = excluded.at;
    return null;
  end $$;
  create trigger noted after insert or update or delete on {s}.declared for each row execute function {s}.note_change('declared', 'key');
  create trigger noted after insert or update or delete on {s}.manifest for each row execute function {s}.note_change('manifest', 'key');
  create trigger noted after insert or update or delete on {s}.progress for each row execute function {s}.note_change('progress', 'key');
  create trigger noted after insert or update or delete on {s}.repos for each row execute function {s}.note_change('repos', 'id');
  create trigger noted after insert or update or delete on {s}.artifacts for each row execute function {s}.note_change('artifacts', 'id');
  create trigger noted after insert or delete or update of sealed, name, valid on {s}.tokens for each row execute function {s}.note_change('tokens', 'origin');`;
