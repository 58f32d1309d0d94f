import type {
  AddedJob,
  FollowJobsOptions,
  JobCallOptions,
  JobChanges,
  JobCount,
  JobLogLine,
  JobRecord,
  JobSchedule,
  JobsPage,
  ListJobsOptions,
  ScheduleRecord,
} from '@modelkeep/jobs';
import type { LibraryJobPayloads, LibraryJobType } from './payloads.ts';

/** How a job is submitted. */
export interface SubmitJobOptions extends JobCallOptions {
  /** Higher goes first. @default 0 */
  readonly priority?: number | undefined;
  /** Ids of jobs that have to be completed before. @default none */
  readonly after?: readonly string[] | undefined;
  /** How often it is tried in all; a process that is killed uses one up. @default 10 */
  readonly maxAttempts?: number | undefined;
  /** Not before this time, milliseconds since 1970. @default now */
  readonly runAtMs?: number | undefined;
}

/** A job by its type and what it is given. */
export type LibraryJobStep = {
  readonly [T in LibraryJobType]: { readonly type: T; readonly payload: LibraryJobPayloads[T] };
}[LibraryJobType];

/** Work on the jobs of a library. */
export interface RunJobsOptions {
  /** Returns when nothing is left that is due, rather than when the signal aborts. @default false */
  readonly untilIdle?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The jobs of a library: any process submits and controls them, those with `runJobs` do them, and a job outlives both.
 *
 * Calls may throw `core.invalid-argument`, `library.read-only`, `sqlite.*`, `signal.reason`.
 */
export interface LibraryJobs {
  /**
   * Adds a job, unless an equal one (type and payload) is not over yet: then that one stands for it.
   *
   * What is submitted is stored, and secrets are not: of an address only what says which model is meant is kept, and one
   * of the web with a query, which may be signed, is refused.
   *
   * @throws `core.invalid-argument` for a payload that is not of the type, or may hold a secret; `jobs.not-found` for one of
   * `after`; `hub.invalid-reference`, `workflows.invalid-reference`
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models', runJobs: true });
   * const { id } = await library.jobs.submit('download', { reference: 'hf:acme/tiny-flux' });
   * await library.jobs.submit('verify', {}, { after: [id] });
   * ```
   */
  submit<T extends LibraryJobType>(
    type: T,
    payload: LibraryJobPayloads[T],
    options?: SubmitJobOptions,
  ): Promise<AddedJob>;
  /**
   * Submits jobs of which each comes after the one before, such as a download, a look at all files and the links into an
   * app; `after` of the options holds for the first. Safe to call again where it was cut off: those that were added stand
   * for themselves.
   *
   * @returns the jobs in that order
   * @throws as `submit`, and nothing is added for a payload that is refused
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models', runJobs: true });
   * await library.jobs.submitInOrder([
   *   { type: 'download', payload: { reference: 'hf:acme/tiny-flux' } },
   *   { type: 'verify', payload: { depth: 'size' } },
   *   { type: 'map', payload: { app: 'comfyui', appRoot: '/apps/ComfyUI' } },
   * ]);
   * ```
   */
  submitInOrder(steps: readonly LibraryJobStep[], options?: SubmitJobOptions): Promise<readonly AddedJob[]>;
  /** @throws `jobs.not-found` */
  get(id: string, options?: JobCallOptions): Promise<JobRecord>;
  /** The newest first, a page at a time. */
  list(options?: ListJobsOptions): Promise<JobsPage>;
  counts(options?: JobCallOptions): Promise<readonly JobCount[]>;
  logs(id: string, options?: JobCallOptions & { readonly after?: number | undefined }): Promise<readonly JobLogLine[]>;
  /** Stops it for good, with what waits for it; what a running download fetched is discarded, and its log says what is left. @returns whether there was something to cancel */
  cancel(id: string, options?: JobCallOptions): Promise<boolean>;
  /** Holds it; what was done stays. @returns whether there was something to hold */
  pause(id: string, options?: JobCallOptions): Promise<boolean>;
  /** Lets it go on, also after a person has done what it waited for. @returns whether there was something to resume */
  resume(id: string, options?: JobCallOptions): Promise<boolean>;
  /** Starts anew what failed or was cancelled, with what it depends on. @returns the ids of what starts */
  retry(id: string, options?: JobCallOptions): Promise<readonly string[]>;
  /** Submits a job again and again. @throws `core.invalid-argument` */
  schedule(schedule: JobSchedule, options?: JobCallOptions): Promise<ScheduleRecord>;
  unschedule(id: string, options?: JobCallOptions): Promise<boolean>;
  schedules(options?: JobCallOptions): Promise<readonly ScheduleRecord[]>;
  /** What happens to jobs, in any process, until the signal aborts or the library closes (which throws the reason). */
  changes(options?: FollowJobsOptions): AsyncIterable<JobChanges>;
  /** Does jobs here and now, in a library that was opened without `runJobs`. */
  run(options?: RunJobsOptions): Promise<void>;
}
