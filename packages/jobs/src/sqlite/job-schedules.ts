import { newId } from '@modelkeep/core';
import type { JobSchedule, ScheduleRecord } from '../ports/schedule.ts';
import { checkSchedule, scheduleOfRow, type ScheduleRow } from '../rules/stored-schedule.ts';
import { insertJob } from './add-jobs.ts';
import { isoTime } from './job-of-row.ts';
import { tellTime, trimChanges, type JobsContext } from './jobs-context.ts';
import { storedInteger } from './stored-integer.ts';

const columns = `id, job, every, ${storedInteger('next_at_ms')}, last_job_id`;

/** @internal */
export async function putSchedule(
  { database, clock }: JobsContext,
  schedule: JobSchedule,
  signal?: AbortSignal,
): Promise<ScheduleRecord> {
  const { id, job, every, nextMs } = checkSchedule(schedule, clock.now());
  const result = await database.run(
    `insert into jobs_schedules (id, job, every, next_at_ms) values (:id, :job, :every, :next)
      on conflict (id) do update set job = excluded.job, every = excluded.every,
        next_at_ms = case when every = excluded.every then next_at_ms else excluded.next_at_ms end
      returning ${columns}`,
    { id, job: JSON.stringify(job), every: JSON.stringify(every), next: nextMs },
    { signal },
  );
  const row = result.rows[0] as unknown as ScheduleRow;
  return { id, job, every, nextAt: isoTime(row.next_at_ms), lastJobId: row.last_job_id };
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
  const due = rows.flatMap((row) =>
    scheduleOfRow(row).map((schedule) => ({ ...checkSchedule(schedule, now), dueMs: row.next_at_ms })),
  );
  if (due.length === 0) return [];
  const guard = 'exists (select 1 from jobs_schedules where last_job_id = :id)';
  const statements = due.flatMap(({ id: scheduleId, checked, nextMs, dueMs }) => {
    const id = newId();
    return [
      {
        sql: `update jobs_schedules set next_at_ms = :next, last_job_id = :id where id = :scheduleId and next_at_ms = :dueMs`,
        params: { scheduleId, id, dueMs, next: nextMs },
      },
      insertJob(id, checked, { now, guard }),
      { sql: 'select id from jobs_list where id = ?', params: [id] },
    ];
  });
  const results = await database.transaction([tellTime(now), ...statements, trimChanges], { signal });
  return results.slice(1).flatMap(({ rows: added }) => added.map(({ id }) => id as string));
}
