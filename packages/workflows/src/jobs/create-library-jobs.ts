import { createHash } from 'node:crypto';
import type { Clock, Logger, Metrics } from '@modelkeep/core';
import { createJobRunner, type AddedJob, type JobRunner, type JobStore } from '@modelkeep/jobs';
import type { Courier } from '../webhooks/create-courier.ts';
import { canAnyGoOn } from './can-any-go-on.ts';
import { checkPayload } from './check-payload.ts';
import type { DriveLanes } from './drive-lanes.ts';
import type { JobWorkspace } from './job-workspace.ts';
import { libraryHandlers } from './library-handlers.ts';
import type { LibraryJobs, LibraryJobStep, SubmitJobOptions } from './library-jobs.ts';
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
  readonly lanes: DriveLanes;
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics | undefined;
}

/** @internal */
export function startLibraryRunner(
  { workspace, lanes, clock, logger, metrics }: LibraryJobsContext,
  store: JobStore,
): JobRunner {
  const handlers = libraryHandlers(workspace);
  return createJobRunner({ store, handlers, laneLimits: () => lanes.limits(), clock, logger, metrics });
}

/** @internal */
export function createLibraryJobs(context: LibraryJobsContext): LibraryJobs {
  const { open, join, lanes, clock, hubEndpoint } = context;
  const submit = async (
    { type, payload }: LibraryJobStep,
    { signal, maxAttempts = MAX_ATTEMPTS, ...options }: SubmitJobOptions,
  ): Promise<AddedJob> => {
    const checked = checkPayload(type, payload, hubEndpoint);
    const dedupeKey = createHash('sha256')
      .update(JSON.stringify([checked, options.after ?? []]))
      .digest('hex');
    const lane = await lanes.laneOf(type, checked);
    const job = { ...options, type, payload: checked, lane, dedupeKey, maxAttempts };
    const [added] = await (await open()).add([job], { signal: join(signal) });
    if (added === undefined) throw new TypeError('a store gave no answer for a job');
    return added;
  };
  return {
    submit: (type, payload, options = {}) => submit({ type, payload } as LibraryJobStep, options),
    async submitInOrder(steps, options = {}) {
      // All or none, as far as the steps themselves are concerned.
      for (const { type, payload } of steps) checkPayload(type, payload, hubEndpoint);
      const jobs: AddedJob[] = [];
      for (const step of steps) {
        const before = jobs.at(-1);
        jobs.push(await submit(step, before === undefined ? options : { ...options, after: [before.id] }));
      }
      return jobs;
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
      const lane = await lanes.laneOf(type as LibraryJobType, checked);
      const job = { maxAttempts: MAX_ATTEMPTS, lane, ...schedule.job, payload: checked };
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
