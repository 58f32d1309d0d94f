import {
  createOutage,
  newId,
  noMetrics,
  serialiseError,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
  type Metrics,
} from '@modelkeep/core';
import type { ClaimedJob } from '../ports/claim.ts';
import type { JobStore } from '../ports/job-store.ts';
import { recordAttempt } from './attempt-metrics.ts';
import type { JobHandlers } from './job-handler.ts';
import { keepBeating } from './keep-beating.ts';
import { startJob, type RunningJob } from './running-job.ts';
import { createSettling } from './settling.ts';
import { createWake } from './wake.ts';

/** How a worker works. */
export interface JobRunnerOptions {
  readonly store: JobStore;
  readonly handlers: JobHandlers;
  /** @default a new id */
  readonly workerId?: string | undefined;
  /** How long a worker that died keeps its jobs. @default 30,000 */
  readonly leaseMs?: number | undefined;
  /** How often it tells of its jobs, and hears what is wished of them. @default 1,000, or a third of the lease */
  readonly beatMs?: number | undefined;
  /** How often it looks for jobs that became due. @default 1,000 */
  readonly pollMs?: number | undefined;
  /** Jobs of one lane at once, such as those of a drive. @default 2 */
  readonly laneLimit?: number | undefined;
  /** Those of some lanes, asked before each claim. @default none */
  readonly laneLimits?: (() => Promise<Readonly<Record<string, number>>>) | undefined;
  /** How long jobs that are over stay known. @default 7 days */
  readonly retentionMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** @default keeps nothing */
  readonly metrics?: Metrics | undefined;
}

/** A worker that works. */
export interface JobRunner extends AsyncDisposable {
  readonly workerId: string;
  /** How many jobs run now. */
  readonly running: number;
  /** Takes no more jobs, gives those that run `drainMs` to end (none by default), and hands the others back. */
  close(options?: { readonly drainMs?: number | undefined }): Promise<void>;
}

const RETENTION_MS = 7 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
const DEFAULT_CONCURRENCY = 2;

/**
 * Works on the jobs of a store: as many at once as the handlers and the lanes allow, in order of priority. A store that is
 * away is waited for; work whose lease cannot be renewed in time is stopped, because somebody else may do it by then.
 */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { store, handlers, workerId = newId(), leaseMs = 30_000, clock = systemClock } = options;
  const {
    pollMs = 1_000,
    laneLimit = 2,
    laneLimits,
    retentionMs = RETENTION_MS,
    logger = silentLogger,
    metrics = noMetrics,
  } = options;
  const beatMs = options.beatMs ?? Math.min(1_000, leaseMs / 3);
  const running = new Map<string, RunningJob>();
  const leaving = new AbortController();
  const over = new AbortController();
  const wake = createWake(clock);
  const outage = createOutage({
    logger,
    clock,
    message: 'the store of jobs does not answer',
    over: 'the store of jobs answers again',
    facts: { workerId },
  });
  const settling = createSettling({ store, clock, logger, outage, leaseMs });

  const follow = async (job: RunningJob): Promise<void> => {
    const { id, type } = job.claim.job;
    const startedMs = clock.monotonicMs();
    const outcome = await job.outcome;
    const tookMs = clock.monotonicMs() - startedMs;
    const isTaken = outcome !== null && (await settling.settle({ ...job.takeBeat(), outcome }));
    recordAttempt({ metrics, logger }, { type, outcome: isTaken ? outcome : null, tookMs });
    if (running.get(id) === job) running.delete(id);
    wake.up();
  };
  const start = (claimed: ClaimedJob): void => {
    const handler = handlers[claimed.job.type];
    if (handler === undefined) return;
    const job = startJob(claimed, handler, clock);
    // Its own lease may have run out, as after a sleep of the machine: the work of before must not go on beside this.
    running.get(claimed.job.id)?.stop('lost');
    running.set(claimed.job.id, job);
    void follow(job);
  };
  const claim = async (): Promise<boolean> => {
    const busy = [...running.values()].map(({ claim: { job } }) => job);
    const types = Object.entries(handlers).map(([type, { concurrency = DEFAULT_CONCURRENCY }]) => ({
      type,
      limit: concurrency - busy.filter((job) => job.type === type).length,
    }));
    const taken: Record<string, number> = {};
    for (const { lane } of busy) if (lane !== null) taken[lane] = (taken[lane] ?? 0) + 1;
    // What is taken counts from the limit that all lanes have: one with more room begins below nothing.
    for (const [lane, limit] of Object.entries((await laneLimits?.()) ?? {})) {
      taken[lane] = (taken[lane] ?? 0) + laneLimit - limit;
    }
    const request = { workerId, leaseMs, types, lanes: { limit: laneLimit, taken } };
    if (types.every(({ limit }) => limit <= 0)) return false;
    const claimed = await store.claim(request);
    for (const one of claimed) start(one);
    return claimed.length > 0;
  };
  const repeat = async (name: string, work: () => Promise<void>): Promise<void> => {
    while (!leaving.signal.aborted) {
      try {
        await work();
        outage.answered(name);
      } catch (error) {
        if (leaving.signal.aborted) return;
        outage.failed(name, serialiseError(error).message);
        await clock.sleep(pollMs, leaving.signal).catch(() => {});
      }
    }
  };
  let prunedMs = Number.NEGATIVE_INFINITY;
  const loops = Promise.all([
    repeat('claim', async () => {
      const isClaimed = await claim();
      outage.answered('claim');
      if (!isClaimed) await wake.wait(pollMs, leaving.signal);
    }),
    repeat('watch', async () => {
      for await (const _ of store.watch({ signal: leaving.signal })) {
        outage.answered('watch');
        wake.up();
      }
    }),
    repeat('schedules', async () => {
      await store.runSchedules();
      if (clock.monotonicMs() - prunedMs >= PRUNE_EVERY_MS) {
        prunedMs = clock.monotonicMs();
        await store.prune(retentionMs);
      }
      await clock.sleep(pollMs, leaving.signal);
    }),
  ]);
  const beating = keepBeating({ store, running, leaseMs, beatMs, clock, outage, signal: over.signal });

  const end = async (drainMs: number): Promise<void> => {
    leaving.abort(new DOMException('the worker leaves', 'AbortError'));
    await loops;
    const outcomes = (): Promise<unknown> => Promise.all([...running.values()].map(({ outcome }) => outcome));
    if (drainMs > 0) {
      const drained = new AbortController();
      await Promise.race([outcomes(), clock.sleep(drainMs, drained.signal).catch(() => {})]);
      drained.abort();
    }
    for (const job of running.values()) job.stop('leave');
    await outcomes();
    await settling.idle();
    over.abort();
    await beating;
  };
  let ended: Promise<void> | undefined;
  const close: JobRunner['close'] = ({ drainMs = 0 } = {}) => (ended ??= end(drainMs));
  return {
    workerId,
    get running() {
      return running.size;
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
