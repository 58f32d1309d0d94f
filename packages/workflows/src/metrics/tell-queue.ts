import { createOutage, serialiseError, type Clock, type Logger, type Metrics } from '@modelkeep/core';
import type { JobState, JobStore } from '@modelkeep/jobs';

const queueMetric = { name: 'modelkeep_queue_jobs', help: 'Jobs of the library that are not over.' };
const unfinished: readonly JobState[] = ['pending', 'running', 'paused', 'waiting-for-user'];
const TELL_MS = 1_000;
const AGAIN_MS = 5_000;

/** @internal */
export interface TellQueueContext {
  readonly metrics: Metrics;
  readonly open: () => Promise<JobStore>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal Tells how many jobs are not over, now and within a second of each change, until the returned function is called. */
export function tellQueue({ metrics, open, clock, logger }: TellQueueContext): () => Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const told = new Map<string, Readonly<Record<string, string>>>();
  const tell = async (store: JobStore): Promise<void> => {
    const counts = (await store.counts({ signal })).filter(({ state }) => unfinished.includes(state));
    const now = new Map(
      counts.map(({ type, state, count }) => [`${type} ${state}`, { labels: { type, state }, count }]),
    );
    for (const [key, { labels }] of now) told.set(key, labels);
    for (const [key, labels] of told) metrics.set(queueMetric, labels, now.get(key)?.count ?? 0);
  };
  const outage = createOutage({
    logger,
    clock,
    message: 'how many jobs wait is not told',
    over: 'how many jobs wait is told again',
  });
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const store = await open();
        for await (const _ of store.watch({ signal })) {
          await tell(store);
          outage.answered('queue');
          await clock.sleep(TELL_MS, signal);
        }
      } catch (error) {
        if (signal.aborted) return;
        outage.failed('queue', serialiseError(error).message);
        await clock.sleep(AGAIN_MS, signal).catch(() => {});
      }
    }
  };
  const following = follow();
  return async () => {
    ending.abort(new DOMException('the queue is told of no more', 'AbortError'));
    await following;
  };
}
