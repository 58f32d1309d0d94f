import { resolve } from 'node:path';
import { createReportFeed, type Operation } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { isBelow } from '../external/external-place.ts';
import { nodeFolderWatcher, type FolderWatcher } from './folder-watcher.ts';
import type { ScanReport } from './scan-report.ts';
import type { ScanOptions } from './scan-roots.ts';

/** How folders are watched. */
export interface WatchOptions extends ScanOptions {
  /** How long a folder has to be quiet before it is scanned, in milliseconds. @default 1_000 */
  readonly quietMs?: number | undefined;
  /** A folder that is never quiet is scanned all the same after so many milliseconds. @default 10_000 */
  readonly busyMs?: number | undefined;
  /** A scan without a sign from the system, for what it does not tell, each so many milliseconds. @default 600_000 */
  readonly rescanMs?: number | undefined;
  /** Says where something changes. @default `fs.watch` */
  readonly watcher?: FolderWatcher | undefined;
}

/**
 * Scans that follow each other for as long as it is watched. Each report is given once, in order, to every iteration and
 * listener that is there when it is made; one that scans and finds nothing new is given as well.
 */
export interface ScanWatch<Report extends ScanReport = ScanReport> extends AsyncIterable<Report>, AsyncDisposable {
  /** Calls the listener with each report; the returned function ends that. What a listener throws is dropped. */
  subscribe(listener: (report: Report) => void): () => void;
  /** Settles when the watch has ended: rejects where a scan failed for a reason that the next one would meet too. */
  readonly ended: Promise<void>;
  /** Ends it, a running scan included. */
  close(): Promise<void>;
}

/**
 * Scans folders now, after each change, and from time to time. A scan may tell of further folders, which are watched as long
 * as it does.
 */
export function watchRoots<Report extends ScanReport>(
  context: Pick<StoreContext, 'clock' | 'logger'>,
  scan: (options: ScanOptions) => Operation<Report>,
  roots: readonly string[],
  options: WatchOptions = {},
): ScanWatch<Report> {
  const { quietMs = 1_000, busyMs = 10_000, rescanMs = 600_000, watcher = nodeFolderWatcher } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const reports = createReportFeed<Report>();
  const changes = createChanges(context, { quietMs, busyMs, rescanMs, signal });

  const run = async (): Promise<void> => {
    const watched = new Map<string, () => void>();
    const watch = (folder: string): void => {
      if (watched.has(folder)) return;
      try {
        const onEnd = (error: Error): void => {
          watched.delete(folder);
          context.logger.warn('a folder is no longer watched, and scanned from time to time', {
            folder,
            error: String(error),
          });
          changes.note();
        };
        watched.set(folder, watcher(folder, { onChange: changes.note, onEnd }));
      } catch (error) {
        context.logger.warn('a folder cannot be watched, and is scanned from time to time', {
          folder,
          error: String(error),
        });
      }
    };
    try {
      for (;;) {
        changes.clear();
        for (const folder of roots) watch(folder);
        const report = await scan({ ...options, signal }).result;
        const further = furtherRoots(roots, report);
        // What came between the scan and its watch is in the next scan.
        if (further.some((folder) => !watched.has(folder))) changes.note();
        for (const folder of further) watch(folder);
        const wanted = new Set([...roots, ...further]);
        for (const [folder, end] of watched) {
          if (wanted.has(folder)) continue;
          watched.delete(folder);
          end();
        }
        reports.push(report);
        await changes.next();
      }
    } catch (error) {
      // To be ended is what a watch is for.
      if (!signal.aborted) throw error;
    } finally {
      for (const end of watched.values()) end();
      reports.end();
    }
  };
  const ended = run();
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

/** What was scanned and is in none of the folders that are watched anyway. */
function furtherRoots(given: readonly string[], report: ScanReport): string[] {
  const scanned = report.roots.filter(({ state }) => state === 'scanned').map(({ path }) => path);
  return scanned.filter((path) => !given.some((root) => isBelow(resolve(root), path)));
}

interface Changes {
  readonly note: () => void;
  clear(): void;
  /** Waits until something changed and it is quiet again, or it is time. @throws `signal.reason` */
  next(): Promise<void>;
}

function createChanges(
  { clock }: Pick<StoreContext, 'clock'>,
  options: { quietMs: number; busyMs: number; rescanMs: number; signal: AbortSignal },
): Changes {
  const { quietMs, busyMs, rescanMs, signal } = options;
  let changedAtMs: number | null = null;
  let wake = (): void => {};
  const sleep = async (ms: number): Promise<void> => {
    const woken = new AbortController();
    wake = () => woken.abort();
    try {
      await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      wake = () => {};
    }
  };
  return {
    note: () => {
      changedAtMs = clock.monotonicMs();
      wake();
    },
    clear: () => {
      changedAtMs = null;
    },
    async next() {
      const due = clock.monotonicMs() + rescanMs;
      let first: number | null = null;
      for (;;) {
        const now = clock.monotonicMs();
        if (now >= due) return;
        if (changedAtMs === null) {
          await sleep(due - now);
          continue;
        }
        first ??= now;
        const quietAt = Math.min(changedAtMs + quietMs, first + busyMs);
        if (now >= quietAt) return;
        await sleep(quietAt - now);
      }
    },
  };
}
