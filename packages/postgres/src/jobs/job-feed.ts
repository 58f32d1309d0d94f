import type { FollowJobsOptions, JobChanges, JobState } from '@modelkeep/jobs';
import { isoTime } from '@modelkeep/jobs';
import type { PostgresConnection } from '../connection/postgres-connection.ts';
import { followChanges } from '../feed/follow-changes.ts';
import { factsOf, seenBy, unseenSql, type PageFacts } from '../feed/unseen.ts';
import type { JobsContext } from './jobs-context.ts';

/** How many changes of all libraries are kept for those who follow. */
const KEPT_CHANGES = 50_000;

interface ChangeRow extends PageFacts {
  readonly job_id: string | null;
  readonly type: string;
  readonly state: JobState;
  readonly at_ms: number;
}

const PAGE = unseenSql({
  table: 'jobs_changes',
  columns: ['job_id', 'type', 'state', 'at_ms', 'seq'],
  where: 'library_id = $3',
  horizon: 'jobs-horizon',
});

/** @internal */
export async function jobChangesSince(
  { connection, libraryId }: JobsContext,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<JobChanges> {
  const rows = await connection.query<ChangeRow & object>(PAGE, [...seenBy(cursor, 'cursor'), libraryId], signal);
  const changes = rows.flatMap(({ job_id: jobId, type, state, at_ms: atMs }) =>
    jobId === null ? [] : [{ jobId, type, state, at: isoTime(atMs) }],
  );
  return { changes, ...factsOf(rows) };
}

/** @internal */
export function watchJobs(
  context: JobsContext,
  { since, signal: given }: FollowJobsOptions = {},
): AsyncGenerator<JobChanges> {
  const signal = given === undefined ? context.ends : AbortSignal.any([given, context.ends]);
  return followChanges({
    feed: context.listener(),
    read: (cursor) => jobChangesSince(context, cursor, signal),
    since,
    signal,
  });
}

/**
 * @internal Forgets old changes, and those that come from another server (restored from a dump, where transactions were counted
 * further): whoever follows reads everything again then.
 */
export async function trimJobChanges(connection: PostgresConnection): Promise<void> {
  await connection.query(
    `with gone as (
       delete from {s}.jobs_changes where seq in (
         select seq from {s}.jobs_changes where seq <= (select max(seq) from {s}.jobs_changes) - $1
         order by seq for update skip locked)
       returning xid
     )
     insert into {s}.settings (name, value) select 'jobs-horizon', max(xid)::text from gone having count(*) > 0
     on conflict (name) do update set value = greatest(settings.value::xid8, excluded.value::xid8)::text`,
    [KEPT_CHANGES],
  );
  await connection.query(
    `with strange as (
       delete from {s}.jobs_changes where xid >= pg_snapshot_xmax(pg_current_snapshot()) returning 1
     )
     update {s}.settings set value = gen_random_uuid() where name = 'database' and exists (select 1 from strange)`,
  );
}
