import { createReportFeed, isModelkeepError, serialiseError, type Clock, type SerialisedError } from '@modelkeep/core';
import type { AppliedPlan, LinkPlan } from '@modelkeep/mapper';
import type { AppLinks, PlanLinksOptions } from './plan-links.ts';

/** How an app is kept in step with the library. */
export interface KeepLinkedOptions extends PlanLinksOptions {
  /** How often it is asked what has changed in the library, in any process, in milliseconds. @default 1_000 */
  readonly pollMs?: number | undefined;
}

/** What was done after a change of the library. Plain data. */
export interface KeptLinks {
  /** Null when nothing had to change, or something stood in the way. */
  readonly applied: AppliedPlan | null;
  /** What the plan said, before it was applied: conflicts and skipped models are in it. */
  readonly plan: Pick<LinkPlan, 'id' | 'counts' | 'warnings'> | null;
  /** Why nothing could be done this time, such as an app whose drive is not connected; it is tried again. */
  readonly problem: SerialisedError | null;
}

/** An app that is kept in step with the library. */
export interface LinkKeeper extends AsyncIterable<KeptLinks>, AsyncDisposable {
  /** Calls the listener after each change; the returned function ends that. What a listener throws is dropped. */
  subscribe(listener: (kept: KeptLinks) => void): () => void;
  /** Settles when it has ended; rejects where the next try would fail as well. */
  readonly ended: Promise<void>;
  /** Ends it; a link that is being made is finished. */
  close(): Promise<void>;
}

/** @internal Tells what has changed in the library. */
export interface ChangeFeed {
  /** @param cursor - null to start */
  changesSince(
    cursor: string | null,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly changes: readonly unknown[]; readonly cursor: string; readonly resync: boolean }>;
}

/** @internal */
export interface KeepLinkedContext {
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  readonly plan: (options: PlanLinksOptions) => Promise<AppLinks>;
}

const POLL_MS = 1_000;

/**
 * @internal Plans and applies now, and again after each change of the index. The cursor is taken before the plan is made: a
 * change that comes meanwhile is seen by the next one.
 */
export function keepLinked({ feed, clock, plan }: KeepLinkedContext, options: KeepLinkedOptions): LinkKeeper {
  const { pollMs = POLL_MS, ...request } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const reports = createReportFeed<KeptLinks>();

  const apply = async (): Promise<KeptLinks> => {
    try {
      const links = await plan({ ...request, signal });
      const { id, counts, warnings } = links.plan;
      const changesFile =
        links.plan.config?.files.some(({ action }) => action !== 'keep' && action !== 'conflict') === true;
      const hasWork = counts.create + counts.replace + counts.remove > 0 || changesFile;
      const applied = hasWork ? await links.apply({ signal }) : null;
      return { applied, plan: { id, counts, warnings }, problem: null };
    } catch (error) {
      if (!isModelkeepError(error) || signal.aborted || !passes.has(error.code)) throw error;
      return { applied: null, plan: null, problem: serialiseError(error) };
    }
  };

  const run = async (): Promise<void> => {
    try {
      let cursor: string | null = null;
      let isDue = true;
      let lastProblem: string | null = null;
      for (;;) {
        for (;;) {
          const page = await feed.changesSince(cursor, { signal });
          cursor = page.cursor;
          if (!page.resync && page.changes.length === 0) break;
          isDue = true;
          if (page.resync) break;
        }
        if (isDue) {
          const kept = await apply();
          isDue = kept.problem !== null;
          const problem = kept.problem?.message ?? null;
          /* The same problem is told once. */
          if (problem === null || problem !== lastProblem) reports.push(kept);
          lastProblem = problem;
        }
        await clock.sleep(pollMs, signal);
      }
    } catch (error) {
      // To be ended is what it is for.
      if (!signal.aborted) throw error;
    } finally {
      reports.end();
    }
  };
  /* A turn later, so that whoever called can listen to the first report. */
  const ended = Promise.resolve().then(run);
  ended.catch(() => {});
  const close = async (): Promise<void> => {
    stop.abort();
    await ended.catch(() => {});
  };
  return {
    subscribe: (listener) => reports.subscribe(listener),
    [Symbol.asyncIterator]: () => reports.iterate(ended),
    ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What may be over the next time: the app's folder is back, another process is done. */
const passes: ReadonlySet<string> = new Set([
  'mapper.app-root',
  'mapper.stale-plan',
  'sqlite.locked',
  'io.failed',
  'io.permission',
  'io.not-found',
]);
