import { systemClock, type Clock } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import type { JobCallOptions, JobStore } from '../ports/job-store.ts';
import { addJobs } from './add-jobs.ts';
import { claimJobs } from './claim-jobs.ts';
import { controlJobs, type JobWish } from './control-jobs.ts';
import { jobChangesSince, watchJobs } from './job-feed.ts';
import { listSchedules, putSchedule, runSchedules } from './job-schedules.ts';
import { countJobs, getJob, listJobs, pruneJobs, readLines } from './read-jobs.ts';
import { beatJobs, settleJobs } from './settle-jobs.ts';

/** What jobs are kept in. */
export interface SqliteJobsOptions {
  /** Open, with {@link jobsMigrations} and `synchronous: 'full'`; `close` of the store closes it. */
  readonly database: SqliteDatabase;
  /** @default the clock of the system */
  readonly clock?: Clock | undefined;
}

/** A durable queue in a SQLite database, for all processes of a machine. */
export function createSqliteJobs({ database, clock = systemClock }: SqliteJobsOptions): JobStore {
  const context = { database, clock };
  const control =
    (wish: JobWish) =>
    (ids: readonly string[], { signal }: JobCallOptions = {}): Promise<readonly string[]> =>
      controlJobs(context, { wish, ids }, signal);
  return {
    add: (jobs, { signal } = {}) => addJobs(context, jobs, signal),
    claim: (request, { signal } = {}) => claimJobs(context, request, signal),
    beat: (beats, leaseMs, { signal } = {}) => beatJobs(context, { beats, leaseMs }, signal),
    settle: (ends, { signal } = {}) => settleJobs(context, ends, signal),
    cancel: control('cancel'),
    pause: control('pause'),
    resume: control('resume'),
    retry: control('retry'),
    get: (id, { signal } = {}) => getJob(context, id, signal),
    list: (options) => listJobs(context, options),
    logs: (id, { after, signal } = {}) => readLines(context, { id, after }, signal),
    counts: ({ signal } = {}) => countJobs(context, signal),
    schedule: (schedule, { signal } = {}) => putSchedule(context, schedule, signal),
    async unschedule(id, { signal } = {}) {
      return (await database.run('delete from jobs_schedules where id = ?', [id], { signal })).changes > 0;
    },
    schedules: ({ signal } = {}) => listSchedules(context, signal),
    runSchedules: ({ signal } = {}) => runSchedules(context, signal),
    prune: (keptMs, { signal } = {}) => pruneJobs(context, keptMs, signal),
    changesSince: (cursor, { signal } = {}) => jobChangesSince(context, cursor, signal),
    watch: (options) => watchJobs(context, options),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
  };
}
