/**
 * @internal Jobs of all libraries; `{s}` is the schema. A state that changes is noted by a trigger, with the time that the row was
 * changed at; what waits for a completed job is let go in the same way. Without a time that is given, the server's counts.
 */
export const jobsTables = `
  create function {s}.jobs_now(given double precision) returns double precision language sql stable
    as $$ select coalesce(given, floor(date_part('epoch', statement_timestamp()) * 1000)) $$;
  create table {s}.jobs_list (
    library_id text collate "C" not null,
    seq bigint generated always as identity,
    id text collate "C" not null unique,
    type text collate "C" not null,
    payload text not null,
    state text collate "C" not null default 'pending',
    dedupe_key text collate "C",
    priority integer not null,
    lane text collate "C",
    after text not null,
    blocked_by integer not null,
    attempts integer not null default 0,
    max_attempts integer not null,
    backoff_ms double precision not null,
    progress text,
    checkpoint text,
    result text,
    error text,
    waiting text,
    wish text,
    worker_id text,
    token bigint not null default 0,
    lease_ms double precision not null default 0,
    lease_until_ms double precision not null default 0,
    created_at_ms double precision not null,
    run_at_ms double precision not null,
    started_at_ms double precision,
    ended_at_ms double precision,
    changed_at_ms double precision not null,
    primary key (library_id, seq)
  ) with (fillfactor = 80);
  create unique index jobs_equal on {s}.jobs_list (library_id, type, dedupe_key)
    where dedupe_key is not null and state in ('pending', 'running', 'paused', 'waiting-for-user');
  create index jobs_due on {s}.jobs_list (library_id, type, priority desc, seq) where state = 'pending' and blocked_by = 0;
  create index jobs_due_in_lanes on {s}.jobs_list (library_id, type, lane, priority desc, seq)
    where state = 'pending' and blocked_by = 0 and lane is not null;
  create index jobs_running on {s}.jobs_list (library_id, seq) where state = 'running';
  create index jobs_open on {s}.jobs_list (library_id, seq)
    where state in ('pending', 'running', 'paused', 'waiting-for-user');
  create index jobs_ended on {s}.jobs_list (library_id, ended_at_ms) where ended_at_ms is not null;
  create table {s}.jobs_after (
    dependency text collate "C" not null,
    job text collate "C" not null,
    primary key (dependency, job)
  );
  create index jobs_after_job on {s}.jobs_after (job);
  create table {s}.jobs_lines (
    number bigint generated always as identity primary key,
    job_id text collate "C" not null,
    at_ms double precision not null,
    level text not null,
    message text not null
  );
  create index jobs_lines_of on {s}.jobs_lines (job_id, number);
  create table {s}.jobs_schedules (
    library_id text collate "C" not null,
    id text collate "C" not null,
    job text not null,
    every text not null,
    next_at_ms double precision not null,
    last_job_id text,
    primary key (library_id, id)
  );
  create table {s}.jobs_changes (
    seq bigint generated always as identity primary key,
    library_id text collate "C" not null,
    job_id text not null,
    type text not null,
    state text not null,
    at_ms double precision not null,
    xid xid8 not null default pg_current_xact_id()
  );
  create index jobs_changes_by_xid on {s}.jobs_changes (library_id, xid);
  create function {s}.note_added_jobs() returns trigger language plpgsql as $$
  begin
    insert into {s}.jobs_changes (library_id, job_id, type, state, at_ms)
      select library_id, id, type, state, changed_at_ms from added order by seq;
    return null;
  end $$;
  create function {s}.note_job() returns trigger language plpgsql as $$
  begin
    insert into {s}.jobs_changes (library_id, job_id, type, state, at_ms)
      values (new.library_id, new.id, new.type, new.state, new.changed_at_ms);
    if new.state = 'completed' then
      update {s}.jobs_list set blocked_by = blocked_by - 1
        where id in (select job from {s}.jobs_after where dependency = new.id) and blocked_by > 0;
    end if;
    return null;
  end $$;
  create trigger noted after insert on {s}.jobs_list referencing new table as added
    for each statement execute function {s}.note_added_jobs();
  create trigger moved after update of state on {s}.jobs_list for each row
    when (new.state is distinct from old.state) execute function {s}.note_job();`;
