import { isModelkeepError, serialiseError, type Clock, type Logger, type Outage } from '@modelkeep/core';
import type { JobSettlement } from '../ports/claim.ts';
import type { JobStore } from '../ports/job-store.ts';

const RETRY_MS = 250;

/** @internal Ends of jobs on their way to the store: what comes while one call runs goes with the next one. */
export interface Settling {
  /** Never rejects. @returns whether the store took it; false too where it could not be asked in time */
  settle(end: JobSettlement): Promise<boolean>;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
}

/** @internal A store that is away is asked again for as long as the lease may hold; after that the job is done again. */
export function createSettling({
  store,
  clock,
  logger,
  outage,
  leaseMs,
}: {
  readonly store: Pick<JobStore, 'settle'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly outage: Outage;
  readonly leaseMs: number;
}): Settling {
  let queue: { readonly end: JobSettlement; readonly sinceMs: number; readonly done: (taken: boolean) => void }[] = [];
  let running: Promise<void> | undefined;

  const tell = async (batch: typeof queue): Promise<void> => {
    try {
      const accepted = await store.settle(batch.map(({ end }) => end));
      outage.answered('settle');
      for (const [index, { end, done }] of batch.entries()) {
        const taken = accepted[index] === true;
        if (!taken) logger.warn('a job was taken over by another worker', { jobId: end.id });
        done(taken);
      }
    } catch (error) {
      const isClosed = isModelkeepError(error, 'core.closed');
      const old = clock.monotonicMs() - leaseMs;
      // One that the store refuses must not keep back the others.
      const refused = isModelkeepError(error, 'core.invalid-argument');
      const reason = serialiseError(error).message;
      if (refused) logger.warn('the end of jobs was refused', { error: reason });
      else if (!isClosed) outage.failed('settle', reason);
      for (const one of batch) {
        if (isClosed || one.sinceMs < old) one.done(false);
        else if (!refused) queue.push(one);
        else if (batch.length > 1) await tell([one]);
        else queue.push({ ...one, end: { ...one.end, outcome: failure(error) } });
      }
      if (!isClosed) await clock.sleep(RETRY_MS);
    }
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      await tell(batch);
    }
    // What was given up is waited for no longer.
    outage.answered('settle');
    running = undefined;
  };
  return {
    settle(end) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      queue.push({ end, sinceMs: clock.monotonicMs(), done: resolve });
      running ??= drain();
      return promise;
    },
    async idle() {
      await running;
    },
  };
}

function failure(error: unknown): JobSettlement['outcome'] {
  return { kind: 'fail', final: true, error: serialiseError(error) };
}
