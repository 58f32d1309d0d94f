import { isModelkeepError, newId } from '@modelkeep/core';
import type { JobSchedule, ScheduleRecord } from '../ports/schedule.ts';
import { checkNewJob } from '../rules/check-new-job.ts';
import { nextRunAfter } from '../rules/next-run.ts';
import { insertJob } from './add-jobs.ts';
import { isoTime, readJson } from './job-of-row.ts';
import { tellTime, trimChanges, type JobsContext } from './jobs-context.ts';
import { storedInteger } from './stored-integer.ts';

interface ScheduleRow {
  readonly id: string;
  readonly job: string;
  readonly every: string;
  readonly next_at_ms: number;
  readonly last_job_id: string | null;
}

const columns = `id, job, every, ${storedInteger('next_at_ms')}, last_job_id`;

/** @internal */
export async function putSchedule(
  { database, clock }: JobsContext,
  { id, job, every }: JobSchedule,
  signal?: AbortSignal,
): Promise<ScheduleRecord> {
  const named = { dedupeKey: `schedule:${id}`, ...job };
  checkNewJob({ ...named, type: named.type });
  // Names follow the rule of types.
  checkNewJob({ type: id, payload: null });
  const result = await database.run(
    `insert into jobs_schedules (id, job, every, next_at_ms) values (:id, :job, :every, :next)
      on conflict (id) do update set job = excluded.job, every = excluded.every,
        next_at_ms = case when every = excluded.every then next_at_ms else excluded.next_at_ms end
      returning ${columns}`,
    { id, job: JSON.stringify(named), every: JSON.stringify(every), next: nextRunAfter(every, clock.now()) },
    { signal },
  );
  const row = result.rows[0] as unknown as ScheduleRow;
  return { id, job: named, every, nextAt: isoTime(row.next_at_ms), lastJobId: row.last_job_id };
}

/** @internal What is damaged is left out. */
export async function listSchedules(
  { database }: JobsContext,
  signal?: AbortSignal,
): Promise<readonly ScheduleRecord[]> {
  const rows = await database.all<ScheduleRow>(`select ${columns} from jobs_schedules order by id`, [], { signal });
  return rows.flatMap(scheduleOfRow);
}

/** @internal */
export async function runSchedules({ database, clock }: JobsContext, signal?: AbortSignal): Promise<readonly string[]> {
  const now = clock.now();
  const rows = await database.all<ScheduleRow>(`select ${columns} from jobs_schedules where next_at_ms <= ?`, [now], {
    signal,
  });
  const due = rows.flatMap((row) => scheduleOfRow(row).map((schedule) => ({ ...schedule, dueMs: row.next_at_ms })));
  if (due.length === 0) return [];
  const guard = 'exists (select 1 from jobs_schedules where last_job_id = :id)';
  const statements = due.flatMap(({ id: scheduleId, job, every, dueMs }) => {
    const id = newId();
    return [
      {
        sql: `update jobs_schedules set next_at_ms = :next, last_job_id = :id where id = :scheduleId and next_at_ms = :dueMs`,
        params: { scheduleId, id, dueMs, next: nextRunAfter(every, now) },
      },
      insertJob(id, checkNewJob(job), { now, guard }),
      { sql: 'select id from jobs_list where id = ?', params: [id] },
    ];
  });
  const results = await database.transaction([tellTime(now), ...statements, trimChanges], { signal });
  return results.slice(1).flatMap(({ rows: added }) => added.map(({ id }) => id as string));
}

/** Nothing, where a row is damaged: one bad schedule must not keep the others. */
function scheduleOfRow(row: ScheduleRow): ScheduleRecord[] {
  const [job, every] = [readJson(row.job), readJson(row.every)] as [JobSchedule['job'], JobSchedule['every']];
  try {
    checkNewJob(job);
    nextRunAfter(every, 0);
  } catch (error) {
    if (isModelkeepError(error, 'core.invalid-argument')) return [];
    throw error;
  }
  return [{ id: row.id, job, every, nextAt: isoTime(row.next_at_ms), lastJobId: row.last_job_id }];
}
