/** Reports that each iteration and listener that is there gets once, in order. */
export interface ReportFeed<Report> {
  push(report: Report): void;
  /** There are no more. */
  end(): void;
  /** What a listener throws is dropped. */
  subscribe(listener: (report: Report) => void): () => void;
  /** @param ended - of what reports: an iteration ends as it does, with its error */
  iterate(ended: Promise<void>): AsyncIterator<Report>;
}

interface Subscription<Report> {
  readonly onReport: (report: Report) => void;
  readonly onEnd: () => void;
}

/**
 * Makes a feed without a listener.
 *
 * @example
 * ```ts
 * import { createReportFeed } from '@modelkeep/core';
 *
 * const feed = createReportFeed<string>();
 * const stop = feed.subscribe((report) => console.log(report));
 * feed.push('done');
 * stop();
 * feed.end();
 * ```
 */
export function createReportFeed<Report>(): ReportFeed<Report> {
  const subscriptions = new Set<Subscription<Report>>();
  let isOver = false;
  const add = (subscription: Subscription<Report>): (() => void) => {
    if (isOver) subscription.onEnd();
    else subscriptions.add(subscription);
    return () => void subscriptions.delete(subscription);
  };
  return {
    push(report) {
      for (const { onReport } of subscriptions) {
        try {
          onReport(report);
        } catch {
          // Whoever only listens must not end the work.
        }
      }
    },
    end() {
      isOver = true;
      for (const { onEnd } of subscriptions) onEnd();
      subscriptions.clear();
    },
    subscribe: (listener) => add({ onReport: listener, onEnd: () => {} }),
    iterate(ended) {
      const waiting: Report[] = [];
      let wake = (): void => {};
      const state = { hasEnded: false };
      const leave = add({
        onReport: (report) => {
          waiting.push(report);
          wake();
        },
        onEnd: () => {
          state.hasEnded = true;
          wake();
        },
      });
      return {
        async next() {
          while (waiting.length === 0 && !state.hasEnded) await new Promise<void>((resolve) => (wake = resolve));
          const value = waiting.shift();
          if (value !== undefined) return { done: false, value };
          leave();
          await ended;
          return { done: true, value: undefined };
        },
        async return() {
          leave();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
