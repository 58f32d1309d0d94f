import { serialiseError, type Clock, type Outage } from '@modelkeep/core';
import type { JobStore } from '../ports/job-store.ts';
import type { RunningJob } from './running-job.ts';

/** @internal Renews the leases of what runs until the signal aborts, and passes on what is wished of it. */
export async function keepBeating({
  store,
  running,
  leaseMs,
  beatMs,
  clock,
  outage,
  signal,
}: {
  readonly store: Pick<JobStore, 'beat'>;
  readonly running: ReadonlyMap<string, RunningJob>;
  readonly leaseMs: number;
  readonly beatMs: number;
  readonly clock: Clock;
  readonly outage: Outage;
  readonly signal: AbortSignal;
}): Promise<void> {
  const renewedMs = new WeakMap<RunningJob, number>();
  while (!signal.aborted) {
    await clock.sleep(beatMs, signal).catch(() => {});
    const jobs = [...running.values()];
    // Who has nothing to renew misses no answer.
    if (jobs.length === 0) outage.answered('beat');
    if (jobs.length === 0 || signal.aborted) continue;
    const startedMs = clock.monotonicMs();
    for (const job of jobs) if (!renewedMs.has(job)) renewedMs.set(job, startedMs - beatMs);
    try {
      const orders = await store.beat(
        jobs.map((job) => job.takeBeat()),
        leaseMs,
      );
      outage.answered('beat');
      for (const [index, job] of jobs.entries()) {
        const order = orders[index] ?? 'lost';
        if (order === 'go-on') renewedMs.set(job, startedMs);
        // One that ended while the beat was on its way is no longer running, and nobody else has it.
        else if (running.get(job.claim.job.id) === job) job.stop(order);
      }
    } catch (error) {
      outage.failed('beat', serialiseError(error).message);
      for (const job of jobs) {
        if (clock.monotonicMs() - (renewedMs.get(job) ?? 0) > leaseMs) job.stop('lost');
      }
    }
  }
}
