import { ModelkeepError, systemClock, type Clock } from '@modelkeep/core';
import type { Servers } from '../servers-port.ts';
import type { CheckRequirementsOptions } from './check-requirements.ts';
import { pickServer, type RankedServer } from './pick-server.ts';
import { trackRequirements } from './track-requirements.ts';

/** What is done while no server has everything. */
export interface AwaitServerOptions extends CheckRequirementsOptions {
  readonly jobId: string;
  /**
   * Makes a server have what it lacks, by downloads or by copies from another server. It is called for the server that
   * suits best, one call at a time, and again after a failure, later each time. @default the caller waits for others to do it
   */
  readonly fetch?: ((server: RankedServer, signal: AbortSignal) => Promise<void>) | undefined;
  /** How long to wait before the first new try, in milliseconds; each wait is twice the one before. @default 1_000 */
  readonly firstRetryMs?: number | undefined;
  /** @default 300_000 */
  readonly longestRetryMs?: number | undefined;
  /** When to give up, in milliseconds. @default never */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Waits until a server has everything that a job needs, and triggers its download where it is told how.
 *
 * @throws `fleet.models-unavailable` after `timeoutMs`, `signal.reason`, `core.invalid-argument`, and what the store throws
 */
export async function awaitServer(servers: Servers, options: AwaitServerOptions): Promise<RankedServer> {
  const { fetch, timeoutMs, clock = systemClock, signal, jobId, models, labels } = options;
  const over = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const done = new AbortController();
  const stopped = AbortSignal.any([done.signal, ...(signal ? [signal] : []), ...(over ? [over] : [])]);
  await using tracked = await trackRequirements(servers, { jobId, models, labels, signal });
  const readyOne = (): RankedServer | null => {
    const { picked } = pickServer(tracked.current);
    return picked?.ready === true ? picked : null;
  };
  if (fetch !== undefined) void keepFetching(fetch);
  try {
    for await (const _ of untilStopped(tracked, stopped)) {
      const ready = readyOne();
      if (ready !== null) return ready;
    }
    signal?.throwIfAborted();
    // The store has failed, and says how.
    if (over?.aborted !== true) await tracked.ended;
    throw unavailable(
      options,
      tracked.current.models.filter(({ copies }) => copies === 0).map(({ model }) => model),
    );
  } finally {
    // Who fetches is told to end, and not waited for.
    done.abort();
  }

  async function keepFetching(fetchFor: NonNullable<typeof fetch>): Promise<void> {
    const { firstRetryMs = 1_000, longestRetryMs = 300_000 } = options;
    for (let waitMs = firstRetryMs; !stopped.aborted; waitMs = Math.min(2 * waitMs, longestRetryMs)) {
      const { picked } = pickServer(tracked.current);
      // What fails is tried again; only the end of waiting ends it.
      if (picked !== null && !picked.ready) await fetchFor(picked, stopped).catch(() => undefined);
      await clock.sleep(waitMs, stopped).catch(() => undefined);
    }
  }
}

async function* untilStopped<T>(values: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = values[Symbol.asyncIterator]();
  const stopped = new Promise<IteratorResult<T>>((resolve) => {
    const end = (): void => resolve({ done: true, value: undefined });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), stopped]);
    if (next.done === true) return;
    yield next.value;
  }
}

function unavailable({ jobId, timeoutMs = 0 }: AwaitServerOptions, models: readonly string[]): ModelkeepError {
  return new ModelkeepError('fleet.models-unavailable', {
    message: `no server had everything that ${jobId} needs within ${timeoutMs} ms`,
    facts: { jobId, waitedMs: timeoutMs, models },
    hint: 'look at what checkRequirements tells of each server, or take a substitute',
  });
}
