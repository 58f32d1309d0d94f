import type { Clock } from '@modelkeep/core';

const SLICE_MS = 10_000;
const SLICES = 6;
const MAX_ORIGINS = 1_000;

/** How many requests may be sent again, so that a server in trouble is not asked three times as much. */
export interface RetryBudgetOptions {
  /** Retries as a share of the requests to an origin within the last minute. @default 0.2 */
  readonly share?: number | undefined;
  /** Retries that are allowed within a minute however few requests there are. @default 10 */
  readonly minimum?: number | undefined;
}

/** Counts requests and retries by origin. */
export interface RetryBudget {
  /** A request is about to be sent for the first time. */
  noteRequest(origin: string): void;
  /** Takes one retry; false when none is left. */
  takeRetry(origin: string): boolean;
}

interface Slice {
  readonly index: number;
  requests: number;
  retries: number;
}

/** A budget over the last minute, counted in parts of ten seconds. */
export function createRetryBudget(clock: Clock, options: RetryBudgetOptions = {}): RetryBudget {
  const { share = 0.2, minimum = 10 } = options;
  const origins = new Map<string, Slice[]>();

  const slicesOf = (origin: string): { readonly slices: Slice[]; readonly latest: Slice } => {
    const index = Math.floor(clock.monotonicMs() / SLICE_MS);
    const slices = (origins.get(origin) ?? []).filter((slice) => slice.index > index - SLICES);
    let latest = slices.at(-1);
    if (latest?.index !== index) {
      latest = { index, requests: 0, retries: 0 };
      slices.push(latest);
    }
    origins.delete(origin);
    origins.set(origin, slices);
    const oldest = origins.keys().next().value;
    if (origins.size > MAX_ORIGINS && oldest !== undefined) origins.delete(oldest);
    return { slices, latest };
  };

  return {
    noteRequest(origin) {
      slicesOf(origin).latest.requests += 1;
    },
    takeRetry(origin) {
      const { slices, latest } = slicesOf(origin);
      const requests = slices.reduce((sum, slice) => sum + slice.requests, 0);
      const retries = slices.reduce((sum, slice) => sum + slice.retries, 0);
      if (retries >= Math.max(minimum, share * requests)) return false;
      latest.retries += 1;
      return true;
    },
  };
}
