import type { JobCallOptions, JobStore } from '@modelkeep/jobs';
import { addJobs } from './add-jobs.ts';
import { claimJobs } from './claim-jobs.ts';
import { controlJobs, type JobWish } from './control-jobs.ts';
import { jobChangesSince, watchJobs } from './job-feed.ts';
import { listSchedules, putSchedule, removeSchedule, runSchedules } from './job-schedules.ts';
import type { JobsContext } from './jobs-context.ts';
import { countJobs, getJob, listJobs, pruneJobs, readLines } from './read-jobs.ts';
import { beatJobs, settleJobs } from './settle-jobs.ts';

/** @internal The queue of a library, for all machines that have it open. */
export function postgresJobs(context: JobsContext, close: () => Promise<void>): JobStore {
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
    unschedule: (id, { signal } = {}) => removeSchedule(context, id, signal),
    schedules: ({ signal } = {}) => listSchedules(context, signal),
    runSchedules: ({ signal } = {}) => runSchedules(context, signal),
    prune: (keptMs, { signal } = {}) => pruneJobs(context, keptMs, signal),
    changesSince: (cursor, { signal } = {}) => jobChangesSince(context, cursor, signal),
    watch: (options) => watchJobs(context, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}
