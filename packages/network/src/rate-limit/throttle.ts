import type { Clock, HttpHeaders } from '@modelkeep/core';
import { parseRateLimit } from './rate-limit-header.ts';
import { rateLimitedError } from './rate-limited-error.ts';
import { serverWaitMs } from './server-wait.ts';

/** However long a server asks for, it is asked again after an hour. */
const LONGEST_BLOCK_MS = 3_600_000;
const MAX_ENTRIES = 1_000;
/** Servers round the time to reset to seconds: an end this close to the known one belongs to the same window. */
const SAME_WINDOW_MS = 2_000;

/** Keeps all requests of a client within the limits that the servers told. */
export interface Throttle {
  /**
   * Waits while the limit that a request falls under is used up.
   *
   * @throws `network.rate-limited` when that takes longer than `maxWaitMs`
   */
  wait(url: URL, options: ThrottleWaitOptions): Promise<void>;
  /** Learns from an answer. */
  note(url: URL, status: number, headers: HttpHeaders): void;
}

/** How one request waits. */
export interface ThrottleWaitOptions {
  readonly maxWaitMs: number;
  /** Adds to the wait, so that the callers do not all come back at once. */
  readonly jitterMs: () => number;
  /** Waits; rejects when the request is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * A throttle that knows nothing of any server's limits beforehand: which limit a kind of path falls under is learned
 * from the answers, per origin.
 */
export function createThrottle(clock: Clock): Throttle {
  const bucketsOfKind = new Map<string, string[]>();
  const blockedUntil = new Map<string, number>();

  const untilOf = (kind: string): number => {
    const keys = [kind, ...(bucketsOfKind.get(kind) ?? [])];
    return Math.max(...keys.map((key) => blockedUntil.get(key) ?? 0));
  };
  const block = (key: string, waitMs: number): void => {
    const until = clock.monotonicMs() + Math.min(waitMs, LONGEST_BLOCK_MS);
    if (until > (blockedUntil.get(key) ?? 0)) remember(blockedUntil, key, until);
  };

  return {
    async wait(url, { maxWaitMs, jitterMs, sleep }) {
      const kind = kindOf(url);
      const startedAt = clock.monotonicMs();
      for (;;) {
        const now = clock.monotonicMs();
        const until = untilOf(kind);
        if (until <= now) return;
        if (until - startedAt > maxWaitMs) throw rateLimitedError(url.href, until - now);
        await sleep(until - now + jitterMs());
      }
    },
    note(url, status, headers) {
      const kind = kindOf(url);
      const states = parseRateLimit(headers);
      if (states.length > 0) {
        const keys = states.map((state) => `${url.origin} "${state.bucket}"`);
        remember(bucketsOfKind, kind, keys);
      }
      for (const { bucket, remaining, resetMs } of states) {
        const key = `${url.origin} "${bucket}"`;
        if (remaining === 0) {
          block(key, resetMs);
        } else if (clock.monotonicMs() + resetMs > (blockedUntil.get(key) ?? Infinity) + SAME_WINDOW_MS) {
          blockedUntil.delete(key);
        }
      }
      if (status === 429) block(kind, serverWaitMs(headers, clock.now()) ?? 0);
    },
  };
}

/** Paths that are likely to share a limit: `/api/models/…`, `…/resolve/…`, and the rest of an origin. */
function kindOf(url: URL): string {
  const segments = url.pathname.split('/', 64);
  if (segments[1] === 'api') return `${url.origin} api/${segments[2] ?? ''}`;
  return `${url.origin} ${segments.includes('resolve') ? 'resolve' : 'other'}`;
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > MAX_ENTRIES && oldest !== undefined) map.delete(oldest);
}
