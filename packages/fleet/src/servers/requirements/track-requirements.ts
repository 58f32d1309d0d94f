import { createLatestValue, silentLogger, type LatestValue, type Logger } from '@modelkeep/core';
import type { Servers } from '../servers-port.ts';
import { checkRequirements, type CheckRequirementsOptions } from './check-requirements.ts';
import type { RequirementsAnswer } from './requirement.ts';

/** The answer for a job of the caller's own queue, kept current. Ends with {@link TrackedRequirements.close}. */
export interface TrackedRequirements extends LatestValue<RequirementsAnswer>, AsyncDisposable {
  readonly jobId: string;
  /** Ends with the tracking: rejects where the store has failed; an aborted signal and `close` are no failure. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** What is tracked. */
export interface TrackRequirementsOptions extends CheckRequirementsOptions {
  /** The caller's own name for it. */
  readonly jobId: string;
  readonly logger?: Logger | undefined;
}

/**
 * Checks what a job needs, and again whenever a server or a model on one changes, in any process. What is current tells
 * which servers have what; how busy they are is as it was at that change.
 *
 * @throws as {@link checkRequirements}
 */
export async function trackRequirements(
  servers: Servers,
  { jobId, logger = silentLogger, signal, ...asked }: TrackRequirementsOptions,
): Promise<TrackedRequirements> {
  const stop = new AbortController();
  const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  // The cursor first: what happens after it is seen again rather than never.
  const { cursor } = await servers.changesSince(null, { signal });
  const latest = createLatestValue(await checkRequirements(servers, { ...asked, signal }));
  let known = textOf(latest.current);
  const follow = async (): Promise<void> => {
    for await (const _ of servers.watch({ since: cursor, signal: stopped })) {
      const answer = await checkRequirements(servers, { ...asked, signal: stopped });
      const text = textOf(answer);
      if (text !== known) latest.set(answer);
      known = text;
    }
  };
  const ended = follow()
    .catch((error: unknown) => {
      if (stopped.aborted) return;
      logger.error('the requirements of a job cannot be followed', { jobId, error: String(error) });
      throw error;
    })
    .finally(() => latest.end());
  ended.catch(() => undefined);
  const close = async (): Promise<void> => {
    stop.abort();
    await ended.catch(() => undefined);
  };
  return {
    jobId,
    ended,
    get current() {
      return latest.current;
    },
    subscribe: (listener) => latest.subscribe(listener),
    [Symbol.asyncIterator]: () => latest[Symbol.asyncIterator](),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What tells two answers apart: not when a server was last heard of. */
function textOf({ models, servers }: RequirementsAnswer): string {
  const told = servers.map(({ server: { id, silent, capacity, labels }, missing, warnings }) => {
    return [id, silent, capacity, labels, missing.map(({ model }) => model), warnings];
  });
  return JSON.stringify([models, told]);
}
