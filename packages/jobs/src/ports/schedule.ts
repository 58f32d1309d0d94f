import type { NewJob } from './job.ts';

/** A job that is to be run again and again. */
export interface JobSchedule {
  /** Names it: lower-case letters, digits and `-`. */
  readonly id: string;
  /** What is added each time; without a `dedupeKey` it gets one of its own, so that runs never pile up. */
  readonly job: Omit<NewJob, 'after' | 'runAtMs'>;
  /** Every so many milliseconds (1,000 at least), or by a cron expression of five fields in a time zone. */
  readonly every: { readonly intervalMs: number } | { readonly cron: string; readonly timeZone: string };
}

/** A schedule with what comes next of it. */
export interface ScheduleRecord extends JobSchedule {
  /** ISO 8601. Times that were missed while nobody worked are made up for once. */
  readonly nextAt: string;
  /** The id of the job that it added last. */
  readonly lastJobId: string | null;
}
