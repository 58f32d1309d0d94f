import { isModelkeepError, serialiseError, type Clock, type Logger } from '@modelkeep/core';
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
  leaseMs,
}: {
  readonly store: Pick<JobStore, 'settle'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leaseMs: number;
}): Settling {
  let queue: { readonly end: JobSettlement; readonly sinceMs: number; readonly done: (taken: boolean) => void }[] = [];
  let running: Promise<void> | undefined;

  const tell = async (batch: typeof queue): Promise<void> => {
    try {
      const accepted = await store.settle(batch.map(({ end }) => end));
      for (const [index, { end, done }] of batch.entries()) {
        const taken = accepted[index] === true;
        if (!taken) logger.warn('a job was taken over by another worker', { jobId: end.id });
        done(taken);
      }
    } catch (error) {
      logger.warn('the end of jobs could not be told', { error: serialiseError(error).message });
      const isClosed = isModelkeepError(error, 'core.closed');
      const old = clock.monotonicMs() - leaseMs;
      // One that the store refuses must not keep back the others.
      const refused = isModelkeepError(error, 'core.invalid-argument');
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
