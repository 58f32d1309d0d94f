import type { JobCount, JobsPage, ListJobsOptions } from '../ports/job-store.ts';
import type { JobLogLine, JobRecord } from '../ports/job.ts';
import { checkJobList } from '../rules/check-job-list.ts';
import { noJob } from '../rules/no-job.ts';
import { isoTime, jobColumns, jobOfRow, type JobRow } from './job-of-row.ts';
import type { JobsContext } from './jobs-context.ts';
import { storedInteger } from './stored-integer.ts';

const MAX_LINES = 1_000;

/** @internal */
export async function getJob({ database }: JobsContext, id: string, signal?: AbortSignal): Promise<JobRecord> {
  const row = await database.get<JobRow>(`select ${jobColumns} from jobs_list where id = ?`, [id], { signal });
  if (row === undefined) throw noJob(id);
  return jobOfRow(row);
}

/** @internal */
export async function listJobs({ database }: JobsContext, options: ListJobsOptions = {}): Promise<JobsPage> {
  const { limit, before } = checkJobList(options);
  const { states, types, signal } = options;
  const sql = `select ${jobColumns} from jobs_list where (:before is null or seq < :before)
      and (:states is null or state in (select value from json_each(:states)))
      and (:types is null or type in (select value from json_each(:types)))
    order by jobs_list.seq desc limit :limit`;
  const rows = await database.all<JobRow>(
    sql,
    {
      before,
      states: states === undefined ? null : JSON.stringify(states),
      types: types === undefined ? null : JSON.stringify(types),
      limit: limit + 1,
    },
    { signal },
  );
  const page = rows.slice(0, limit);
  return { jobs: page.map(jobOfRow), cursor: rows.length > limit ? String(page.at(-1)?.seq) : null };
}

/** @internal */
export async function readLines(
  { database }: JobsContext,
  { id, after = 0 }: { readonly id: string; readonly after?: number | undefined },
  signal?: AbortSignal,
): Promise<readonly JobLogLine[]> {
  const rows = await database.all<{ number: number; at_ms: number; level: JobLogLine['level']; message: string }>(
    `select number, ${storedInteger('at_ms')}, level, message from jobs_lines where job_id = ? and number > ? order by number limit ${MAX_LINES}`,
    [id, after],
    { signal },
  );
  return rows.map(({ at_ms: atMs, number, level, message }) => ({ number, at: isoTime(atMs), level, message }));
}

/** @internal */
export function countJobs({ database }: JobsContext, signal?: AbortSignal): Promise<readonly JobCount[]> {
  const sql = 'select type, state, count(*) as count from jobs_list group by type, state order by type, state';
  return database.all<JobCount>(sql, [], { signal });
}

/** @internal What others come after stays until those are final. */
export async function pruneJobs(
  { database, clock }: JobsContext,
  keptMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const results = await database.transaction(
    [
      {
        sql: `delete from jobs_list where ended_at_ms <= ? and state in ('completed', 'failed', 'cancelled')
          and not exists (select 1 from jobs_after a join jobs_list j on j.id = a.job
            where a.dependency = jobs_list.id and j.ended_at_ms is null)`,
        params: [clock.now() - keptMs],
      },
      { sql: 'delete from jobs_after where job not in (select id from jobs_list)' },
      { sql: 'delete from jobs_lines where job_id not in (select id from jobs_list)' },
    ],
    { signal },
  );
  return results[0]?.changes ?? 0;
}
