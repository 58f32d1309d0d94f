import type { ClaimedJob, ClaimRequest, JobBeat, JobOrder, JobSettlement } from './claim.ts';
import type { JobChanges } from './job-changes.ts';
import type { JobLogLine, JobRecord, JobState, NewJob } from './job.ts';
import type { JobSchedule, ScheduleRecord } from './schedule.ts';

/** What goes with a call. */
export interface JobCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A job that was given to a store. */
export interface AddedJob {
  readonly id: string;
  /** False: an equal one was there, and this is its id. */
  readonly added: boolean;
}

/** Which jobs are listed, the newest first. */
export interface ListJobsOptions extends JobCallOptions {
  readonly states?: readonly JobState[] | undefined;
  readonly types?: readonly string[] | undefined;
  /** The cursor of the page before. @default from the newest */
  readonly cursor?: string | undefined;
  /** From 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
}

/** A page of jobs. */
export interface JobsPage {
  readonly jobs: readonly JobRecord[];
  /** Of the next page; null: this is the last one. */
  readonly cursor: string | null;
}

/** How many jobs of a type are in a state. */
export interface JobCount {
  readonly type: string;
  readonly state: JobState;
  readonly count: number;
}

/** How the changes are followed. */
export interface FollowJobsOptions extends JobCallOptions {
  /** @default now: the first page says `resync` */
  readonly since?: string | undefined;
}

/**
 * A durable queue: what an engine does. Everything here is one step, and is on the disk when the promise resolves. Lists
 * of many jobs in one call are for speed: an engine does them with few statements.
 *
 * A lease that ran out counts as a failed attempt: `claim` gives the job to the next worker, or fails it
 * (`jobs.worker-died`) when it was the last attempt. A checkpoint that differs from the one before makes an attempt the
 * first again, before it is judged whether it was the last; comparing is by value, and null is never a step. A job that was to be cancelled or paused then is so at once.
 *
 * Calls may throw `core.invalid-argument`, `core.closed`, `signal.reason` and what the engine throws (`sqlite.*`,
 * `postgres.*`).
 */
export interface JobStore extends AsyncDisposable {
  /** Adds jobs, all or none. @throws `jobs.not-found` for one of `after`; `core.invalid-argument` */
  add(jobs: readonly NewJob[], options?: JobCallOptions): Promise<readonly AddedJob[]>;
  /** Takes jobs that are due: higher priority first, then the older. Each is given to one worker. */
  claim(request: ClaimRequest, options?: JobCallOptions): Promise<readonly ClaimedJob[]>;
  /** Renews leases, with progress, checkpoint and log. @returns an order for each, in the order of `beats` */
  beat(beats: readonly JobBeat[], leaseMs: number, options?: JobCallOptions): Promise<readonly JobOrder[]>;
  /**
   * Ends the work on jobs. A completed one lets go those that wait for it; with one that failed or was cancelled for good
   * those that wait for it fail (`jobs.dependency-failed`) or are cancelled.
   *
   * @returns for each whether it was accepted; false: the claim is lost, and nothing was written
   */
  settle(ends: readonly JobSettlement[], options?: JobCallOptions): Promise<readonly boolean[]>;
  /** Cancels what is not final, with those that wait for it. One that runs is told with its next beat. @returns the ids that it did something to */
  cancel(ids: readonly string[], options?: JobCallOptions): Promise<readonly string[]>;
  /** Holds what is pending or runs. @returns the ids that it did something to */
  pause(ids: readonly string[], options?: JobCallOptions): Promise<readonly string[]>;
  /** Lets go on what is paused or waits for a person. @returns the ids that it did something to */
  resume(ids: readonly string[], options?: JobCallOptions): Promise<readonly string[]>;
  /**
   * Starts anew what failed or was cancelled, with all attempts and without its checkpoint; with it what it comes after, and what failed or was
   * cancelled with it. One whose `dedupeKey` another has by now is left. @returns the ids that it did something to
   */
  retry(ids: readonly string[], options?: JobCallOptions): Promise<readonly string[]>;
  /** @throws `jobs.not-found` */
  get(id: string, options?: JobCallOptions): Promise<JobRecord>;
  list(options?: ListJobsOptions): Promise<JobsPage>;
  /** The lines after a number, the oldest first, at most 1,000. @default after: 0 */
  logs(id: string, options?: JobCallOptions & { readonly after?: number | undefined }): Promise<readonly JobLogLine[]>;
  counts(options?: JobCallOptions): Promise<readonly JobCount[]>;
  /** Adds a schedule, or changes it. The same again leaves `nextAt`. */
  schedule(schedule: JobSchedule, options?: JobCallOptions): Promise<ScheduleRecord>;
  /** @returns whether it was there */
  unschedule(id: string, options?: JobCallOptions): Promise<boolean>;
  schedules(options?: JobCallOptions): Promise<readonly ScheduleRecord[]>;
  /** Adds the jobs of schedules that are due: each time once, however many ask. @returns the ids of new jobs */
  runSchedules(options?: JobCallOptions): Promise<readonly string[]>;
  /** Forgets what has been final for so long, by the clock that the store counts by, with its log. @returns how many */
  prune(keptMs: number, options?: JobCallOptions): Promise<number>;
  /** What happened after a cursor; null to start, which answers `resync`. */
  changesSince(cursor: string | null, options?: JobCallOptions): Promise<JobChanges>;
  /** What happens, in any process, within moments, until the signal aborts (which throws its reason). */
  watch(options?: FollowJobsOptions): AsyncIterable<JobChanges>;
  close(): Promise<void>;
}
