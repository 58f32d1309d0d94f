import { isModelkeepError } from '@modelkeep/core';
import type { JobSchedule, ScheduleRecord } from '../ports/schedule.ts';
import { isoTime, readJson } from '../sqlite/job-of-row.ts';
import { checkNewJob, checkScheduleId, type CheckedJob } from './check-new-job.ts';
import { nextRunAfter } from './next-run.ts';

/** A schedule as engines store it. */
export interface ScheduleRow {
  readonly id: string;
  /** JSON, as `every`. */
  readonly job: string;
  readonly every: string;
  readonly next_at_ms: number;
  readonly last_job_id: string | null;
}

/** A schedule with what it adds, and when next. */
export interface CheckedSchedule extends JobSchedule {
  readonly checked: CheckedJob;
  readonly nextMs: number;
}

/** @throws `core.invalid-argument` for what no store takes */
export function checkSchedule({ id, job, every }: JobSchedule, nowMs: number): CheckedSchedule {
  checkScheduleId(id);
  const named = { dedupeKey: `schedule:${id}`, ...job };
  return { id, job: named, every, checked: checkNewJob(named), nextMs: nextRunAfter(every, nowMs) };
}

/** Nothing, where a row is damaged: one bad schedule must not keep the others. */
export function scheduleOfRow(row: ScheduleRow): readonly ScheduleRecord[] {
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
