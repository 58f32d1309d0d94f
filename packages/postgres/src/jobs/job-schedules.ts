import { newId } from '@modelkeep/core';
import {
  checkSchedule,
  isoTime,
  scheduleOfRow,
  type JobSchedule,
  type ScheduleRecord,
  type ScheduleRow,
} from '@modelkeep/jobs';
import { insertJobs } from './add-jobs.ts';
import { givenTime, timeNow, type JobsContext } from './jobs-context.ts';

interface DueRow extends ScheduleRow {
  readonly now_ms: number;
}

/** @internal */
export async function putSchedule(
  context: JobsContext,
  schedule: JobSchedule,
  signal?: AbortSignal,
): Promise<ScheduleRecord> {
  const { connection, libraryId } = context;
  const { id, job, every, nextMs } = checkSchedule(schedule, await timeNow(context, signal));
  const [row] = await connection.query<ScheduleRow & object>(
    `insert into {s}.jobs_schedules as was (library_id, id, job, every, next_at_ms) values ($1, $2, $3, $4, $5)
     on conflict (library_id, id) do update set job = excluded.job, every = excluded.every,
       next_at_ms = case when was.every = excluded.every then was.next_at_ms else excluded.next_at_ms end
     returning *`,
    [libraryId, id, JSON.stringify(job), JSON.stringify(every), nextMs],
    signal,
  );
  return { id, job, every, nextAt: isoTime(row?.next_at_ms ?? 0), lastJobId: row?.last_job_id ?? null };
}

/** @internal */
export async function removeSchedule(
  { connection, libraryId }: JobsContext,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const rows = await connection.query(
    'delete from {s}.jobs_schedules where library_id = $1 and id = $2 returning 1',
    [libraryId, id.replaceAll('\0', '')],
    signal,
  );
  return rows.length > 0;
}

/** @internal What is damaged is left out. */
export async function listSchedules(
  { connection, libraryId }: JobsContext,
  signal?: AbortSignal,
): Promise<readonly ScheduleRecord[]> {
  const rows = await connection.query<ScheduleRow & object>(
    'select * from {s}.jobs_schedules where library_id = $1 order by id',
    [libraryId],
    signal,
  );
  return rows.flatMap(scheduleOfRow);
}

/** @internal */
export async function runSchedules(context: JobsContext, signal?: AbortSignal): Promise<readonly string[]> {
  const { connection, libraryId, tell } = context;
  const due = await connection.query<DueRow & object>(
    `select *, {s}.jobs_now($2) as now_ms from {s}.jobs_schedules
     where library_id = $1 and next_at_ms <= {s}.jobs_now($2) order by id`,
    [libraryId, givenTime(context)],
    signal,
  );
  const ids: string[] = [];
  for (const row of due) ids.push(...(await runSchedule(row)));
  if (ids.length > 0) tell();
  return ids;

  async function runSchedule(row: DueRow): Promise<readonly string[]> {
    const [schedule] = scheduleOfRow(row);
    if (schedule === undefined) return [];
    const { checked, nextMs } = checkSchedule(schedule, row.now_ms);
    return connection.queries(async (query) => {
      const values = [libraryId, row.id];
      const { count } = await query(
        `update {s}.jobs_schedules set next_at_ms = $3 where library_id = $1 and id = $2 and next_at_ms = $4`,
        [...values, nextMs, row.next_at_ms],
      );
      // Another one was first.
      if (count === 0) return [];
      const [added] = await insertJobs(query, context, [{ id: newId(), job: checked }]);
      if (added?.added !== true) return [];
      await query('update {s}.jobs_schedules set last_job_id = $3 where library_id = $1 and id = $2', [
        ...values,
        added.id,
      ]);
      return [added.id];
    }, signal);
  }
}
