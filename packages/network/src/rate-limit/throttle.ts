import type { Clock, HttpHeaders } from '@modelkeep/core';
import { parseQuotas, parseRateLimit } from './rate-limit-header.ts';
import { nextSlotMs, takeSlot, updateWindow, type RateLimitWindow } from './rate-limit-window.ts';
import { rateLimitedError } from './rate-limited-error.ts';
import { serverWaitMs } from './server-wait.ts';

/** However long a server asks for, it is asked again after an hour. */
const LONGEST_BLOCK_MS = 3_600_000;
const MAX_ENTRIES = 1_000;

/** Keeps all requests of a client within the limits that the servers told. */
export interface Throttle {
  /**
   * Waits while the limit that a request falls under is used up, or for its turn while little is left.
   *
   * @throws `network.rate-limited` when that takes longer than `maxWaitMs`
   */
  enter(url: URL, options: ThrottleWaitOptions): Promise<ThrottleTurn>;
}

/** A request that may be sent. */
export interface ThrottleTurn {
  /** Learns from its answer. */
  answered(status: number, headers: HttpHeaders): void;
  /** There is no answer. */
  failed(): void;
}

/** How one request waits. */
export interface ThrottleWaitOptions {
  readonly maxWaitMs: number;
  /** Adds to the wait for a new window, so that the callers do not all come back at once. */
  readonly jitterMs: () => number;
  /** Waits; rejects when the request is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * A throttle that knows nothing of any server's limits beforehand: which limit a kind of path falls under is learned
 * from the answers, per origin.
 */
export function createThrottle(clock: Clock): Throttle {
  const limitsOfKind = new Map<string, readonly string[]>();
  const windows = new Map<string, RateLimitWindow>();
  const blockedUntil = new Map<string, number>();

  const limitsOf = (kind: string): readonly string[] => limitsOfKind.get(kind) ?? [];
  const change = (limit: string, to: (window: RateLimitWindow) => RateLimitWindow): void => {
    const window = windows.get(limit);
    if (window !== undefined) windows.set(limit, to(window));
  };
  const windowsOf = (kind: string): readonly RateLimitWindow[] =>
    limitsOf(kind).flatMap((limit) => windows.get(limit) ?? []);
  /** Until when nothing of this kind may be sent. */
  const usedUpUntil = (kind: string): number => {
    const ends = windowsOf(kind).map((window) => (window.left === 0 ? window.endsAtMs : 0));
    return Math.max(blockedUntil.get(kind) ?? 0, ...ends);
  };
  /** The next turn, or the end of the window where no turn is left in it. */
  const reserve = (kind: string, nowMs: number): { readonly slotMs?: number; readonly untilMs: number } => {
    const known = windowsOf(kind);
    const slotMs = Math.max(nowMs, ...known.map((window) => nextSlotMs(window, nowMs)));
    if (slotMs > nowMs && known.some((window) => slotMs >= window.endsAtMs)) return { untilMs: slotMs };
    for (const limit of limitsOf(kind)) change(limit, (window) => takeSlot(window, slotMs));
    return { slotMs, untilMs: slotMs };
  };
  const learn = (url: URL, status: number, headers: HttpHeaders): void => {
    const kind = kindOf(url);
    const nowMs = clock.monotonicMs();
    const quotas = parseQuotas(headers);
    const states = parseRateLimit(headers).map((state) => ({
      ...state,
      limit: `${url.origin} "${state.bucket}"`,
      resetMs: Math.min(state.resetMs, LONGEST_BLOCK_MS),
    }));
    if (states.length > 0) {
      const limits = states.map(({ limit }) => limit);
      remember(limitsOfKind, kind, limits);
    }
    for (const state of states) {
      const quota = quotas.get(state.bucket) ?? null;
      remember(windows, state.limit, updateWindow(windows.get(state.limit), { state, quota, nowMs }));
    }
    if (status !== 429) return;
    const until = nowMs + Math.min(serverWaitMs(headers, clock.now()) ?? 0, LONGEST_BLOCK_MS);
    if (until > (blockedUntil.get(kind) ?? 0)) remember(blockedUntil, kind, until);
  };
  const startTurn = (url: URL): ThrottleTurn => {
    const limits = limitsOf(kindOf(url));
    const count = (by: 1 | -1): void => {
      for (const limit of limits) {
        change(limit, (window) => ({ ...window, underWay: Math.max(0, window.underWay + by) }));
      }
    };
    let isOver = false;
    const end = (): void => {
      if (!isOver) count(-1);
      isOver = true;
    };
    count(1);
    return {
      answered(status, headers) {
        end();
        learn(url, status, headers);
      },
      failed: end,
    };
  };

  return {
    async enter(url, { maxWaitMs, jitterMs, sleep }) {
      const kind = kindOf(url);
      const startedAtMs = clock.monotonicMs();
      let slotMs: number | undefined;
      for (;;) {
        const nowMs = clock.monotonicMs();
        let untilMs = usedUpUntil(kind);
        if (untilMs > nowMs) slotMs = undefined;
        else ({ slotMs, untilMs } = slotMs === undefined ? reserve(kind, nowMs) : { slotMs, untilMs: slotMs });
        if (untilMs <= nowMs) return startTurn(url);
        if (untilMs - startedAtMs > maxWaitMs) throw rateLimitedError(url.href, untilMs - nowMs);
        await sleep(untilMs - nowMs + (slotMs === undefined ? jitterMs() : 0));
      }
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
