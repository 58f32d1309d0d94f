import type { Migration } from '@modelkeep/sqlite';

/** The tables of jobs, in a database that others may share. */
export const jobsMigrations: Migration = {
  namespace: 'jobs',
  steps: [
    `create table jobs_list (
       seq integer primary key autoincrement,
       id text not null unique,
       type text not null,
       payload text not null,
       state text not null default 'pending',
       dedupe_key text,
       priority integer not null,
       lane text,
       after text not null,
       blocked_by integer not null,
       attempts integer not null default 0,
       max_attempts integer not null,
       backoff_ms integer not null,
       progress text,
       result text,
       error text,
       waiting text,
       wish text,
       worker_id text,
       token integer not null default 0,
       lease_ms integer not null default 0,
       lease_until_ms integer not null default 0,
       created_at_ms integer not null,
       run_at_ms integer not null,
       started_at_ms integer,
       ended_at_ms integer
     );
     create unique index jobs_equal on jobs_list (type, dedupe_key)
       where dedupe_key is not null and state in ('pending', 'running', 'paused', 'waiting-for-user');
     create index jobs_due on jobs_list (type, priority desc, seq) where state = 'pending' and blocked_by = 0;
     create index jobs_leases on jobs_list (lease_until_ms) where state = 'running';
     create index jobs_ended on jobs_list (ended_at_ms) where ended_at_ms is not null;
     create table jobs_after (
       dependency text not null,
       job text not null,
       primary key (dependency, job)
     ) without rowid;
     create index jobs_after_job on jobs_after (job);
     create table jobs_lines (
       number integer primary key autoincrement,
       job_id text not null,
       at_ms integer not null,
       level text not null,
       message text not null
     );
     create index jobs_lines_of on jobs_lines (job_id, number);
     create table jobs_changes (
       seq integer primary key autoincrement,
       job_id text not null,
       type text not null,
       state text not null,
       at_ms integer not null
     );
     create table jobs_schedules (
       id text primary key,
       job text not null,
       every text not null,
       next_at_ms integer not null,
       last_job_id text
     ) without rowid;
     create table jobs_facts (name text primary key, value text not null) without rowid;
     insert into jobs_facts values ('generation', lower(hex(randomblob(16)))), ('now', '0');
     create trigger jobs_added after insert on jobs_list begin
       insert into jobs_changes (job_id, type, state, at_ms) values (new.id, new.type, new.state, new.created_at_ms);
     end;
     create trigger jobs_moved after update of state on jobs_list when new.state <> old.state begin
       insert into jobs_changes (job_id, type, state, at_ms)
         values (new.id, new.type, new.state, (select cast(value as integer) from jobs_facts where name = 'now'));
     end;
     create trigger jobs_completed after update of state on jobs_list when new.state = 'completed' begin
       update jobs_list set blocked_by = blocked_by - 1
         where id in (select job from jobs_after where dependency = new.id) and blocked_by > 0;
     end;`,
    'alter table jobs_list add column checkpoint text;',
  ],
};
