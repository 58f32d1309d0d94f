import {
  checkJobList,
  isoTime,
  jobOfRow,
  noJob,
  type JobCount,
  type JobLogLine,
  type JobRecord,
  type JobRow,
  type JobsPage,
  type ListJobsOptions,
} from '@modelkeep/jobs';
import { jobColumns } from './job-columns.ts';
import { givenTime, isJobId, type JobsContext } from './jobs-context.ts';

const MAX_LINES = 1_000;
/** How many are forgotten by one statement. */
const FORGOTTEN_AT_ONCE = 5_000;

/** @internal */
export async function getJob(
  { connection, libraryId }: JobsContext,
  id: string,
  signal?: AbortSignal,
): Promise<JobRecord> {
  if (!isJobId(id)) throw noJob(id);
  const [row] = await connection.query<JobRow & object>(
    `select ${jobColumns('j')} from {s}.jobs_list j where library_id = $1 and id = $2`,
    [libraryId, id],
    signal,
  );
  if (row === undefined) throw noJob(id);
  return jobOfRow(row);
}

/** @internal */
export async function listJobs(
  { connection, libraryId }: JobsContext,
  options: ListJobsOptions = {},
): Promise<JobsPage> {
  const { limit, before } = checkJobList(options);
  const { states = null, types = null, signal } = options;
  const rows = await connection.query<JobRow & object>(
    `select ${jobColumns('j')} from {s}.jobs_list j where library_id = $1 and ($2::bigint is null or seq < $2)
       and ($3::text[] is null or state = any($3)) and ($4::text[] is null or type = any($4))
     order by j.seq desc limit $5`,
    [libraryId, before, states, types, limit + 1],
    signal,
  );
  const page = rows.slice(0, limit);
  return { jobs: page.map(jobOfRow), cursor: rows.length > limit ? String(page.at(-1)?.seq) : null };
}

/** @internal */
export async function readLines(
  { connection, libraryId }: JobsContext,
  { id, after = 0 }: { readonly id: string; readonly after?: number | undefined },
  signal?: AbortSignal,
): Promise<readonly JobLogLine[]> {
  if (!isJobId(id)) return [];
  const rows = await connection.query<{ number: number; at: number; level: JobLogLine['level']; message: string }>(
    `select number::float8, l.at_ms as at, level, message from {s}.jobs_lines l join {s}.jobs_list j on j.id = l.job_id
     where j.library_id = $1 and job_id = $2 and number > $3 order by number limit ${MAX_LINES}`,
    [libraryId, id, after],
    signal,
  );
  return rows.map(({ at, ...line }) => ({ ...line, at: isoTime(at) }));
}

/** @internal */
export function countJobs({ connection, libraryId }: JobsContext, signal?: AbortSignal): Promise<readonly JobCount[]> {
  return connection.query<JobCount & object>(
    `select type, state, count(*)::int as count from {s}.jobs_list where library_id = $1
     group by type, state order by type, state`,
    [libraryId],
    signal,
  );
}

/** @internal What others come after stays until those are final. */
export async function pruneJobs(context: JobsContext, keptMs: number, signal?: AbortSignal): Promise<number> {
  const { connection, libraryId } = context;
  for (let pruned = 0; ;) {
    const [row] = await connection.query<{ count: number }>(
      `with old as (
         select seq from {s}.jobs_list j where library_id = $1 and ended_at_ms <= {s}.jobs_now($3) - $2
           and state in ('completed', 'failed', 'cancelled')
           and not exists (select 1 from {s}.jobs_after a join {s}.jobs_list d on d.id = a.job
             where a.dependency = j.id and d.ended_at_ms is null)
         order by seq limit ${FORGOTTEN_AT_ONCE} for update skip locked
       ),
       gone as (delete from {s}.jobs_list where library_id = $1 and seq = any(array(select seq from old)) returning id),
       links as (delete from {s}.jobs_after where job in (select id from gone)),
       lines as (delete from {s}.jobs_lines where job_id in (select id from gone))
       select count(*)::int as count from gone`,
      [libraryId, keptMs, givenTime(context)],
      signal,
    );
    const { count = 0 } = row ?? {};
    pruned += count;
    if (count < FORGOTTEN_AT_ONCE) return pruned;
  }
}
