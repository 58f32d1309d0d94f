import { createHash } from 'node:crypto';
import type { Clock, Logger, Metrics } from '@modelkeep/core';
import { createJobRunner, type JobRunner, type JobStore } from '@modelkeep/jobs';
import type { Courier } from '../webhooks/create-courier.ts';
import { canAnyGoOn } from './can-any-go-on.ts';
import { checkPayload } from './check-payload.ts';
import type { JobWorkspace } from './job-workspace.ts';
import { libraryHandlers } from './library-handlers.ts';
import type { LibraryJobs } from './library-jobs.ts';
import type { LibraryJobType } from './payloads.ts';

const MAX_ATTEMPTS = 10;
const IDLE_POLL_MS = 50;

/** @internal */
export interface LibraryJobsContext {
  readonly open: () => Promise<JobStore>;
  readonly workspace: () => JobWorkspace;
  /** Who tells webhooks; null where nobody is to be told. */
  readonly courier: () => Promise<Courier | null>;
  /** Whose addresses are those of repos. */
  readonly hubEndpoint: string;
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics | undefined;
}

/** @internal */
export function startLibraryRunner(
  { workspace, clock, logger, metrics }: LibraryJobsContext,
  store: JobStore,
): JobRunner {
  return createJobRunner({ store, handlers: libraryHandlers(workspace), clock, logger, metrics });
}

/** @internal */
export function createLibraryJobs(context: LibraryJobsContext): LibraryJobs {
  const { open, join, clock, hubEndpoint } = context;
  return {
    async submit(type, payload, { signal, maxAttempts = MAX_ATTEMPTS, ...options } = {}) {
      const checked = checkPayload(type, payload, hubEndpoint);
      const dedupeKey = createHash('sha256')
        .update(JSON.stringify([checked, options.after ?? []]))
        .digest('hex');
      const job = { ...options, type, payload: checked, dedupeKey, maxAttempts };
      const [added] = await (await open()).add([job], { signal: join(signal) });
      if (added === undefined) throw new TypeError('a store gave no answer for a job');
      return added;
    },
    get: async (id, options) => (await open()).get(id, options),
    list: async (options) => (await open()).list(options),
    counts: async (options) => (await open()).counts(options),
    logs: async (id, options) => (await open()).logs(id, options),
    cancel: async (id, options) => (await (await open()).cancel([id], options)).length > 0,
    pause: async (id, options) => (await (await open()).pause([id], options)).length > 0,
    resume: async (id, options) => (await (await open()).resume([id], options)).length > 0,
    retry: async (id, options) => (await open()).retry([id], options),
    async schedule(schedule, options) {
      const { type, payload } = schedule.job;
      const checked = checkPayload(type as LibraryJobType, payload, hubEndpoint);
      const job = { maxAttempts: MAX_ATTEMPTS, ...schedule.job, payload: checked };
      return (await open()).schedule({ ...schedule, job }, options);
    },
    unschedule: async (id, options) => (await open()).unschedule(id, options),
    schedules: async (options) => (await open()).schedules(options),
    async *changes({ signal, ...options } = {}) {
      yield* (await open()).watch({ ...options, signal: join(signal) });
    },
    async run({ untilIdle = false, signal } = {}) {
      const store = await open();
      const joined = join(signal);
      const courier = await context.courier();
      courier?.start();
      try {
        await using runner = startLibraryRunner(context, store);
        const isLeft = async (): Promise<boolean> =>
          !untilIdle || runner.running > 0 || (await canAnyGoOn(store, clock));
        while (!joined.aborted && (await isLeft())) await clock.sleep(IDLE_POLL_MS, joined).catch(() => {});
        if (!joined.aborted) await courier?.flush();
      } finally {
        await courier?.close();
      }
    },
  };
}
