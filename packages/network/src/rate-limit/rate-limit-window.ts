import type { RateLimitState } from './rate-limit-header.ts';

/** Servers round the time to reset to seconds: ends this close to each other belong to the same window. */
const SAME_WINDOW_MS = 2_000;
/** Requests are spread over the rest of a window once no more than this share of its quota is left. */
const LOW_SHARE = 0.1;

/** What is known of one limit in its present window. */
export interface RateLimitWindow {
  readonly endsAtMs: number;
  /** The least that an answer said is left. */
  readonly left: number;
  /** The most that there was, as far as known. */
  readonly quota: number;
  /** Requests that were sent and are not answered yet. */
  readonly underWay: number;
  /** No request is sent before this while little is left. */
  readonly nextAtMs: number;
}

/** What an answer said of a limit, and when. */
export interface RateLimitNews {
  readonly state: RateLimitState;
  /** The quota that came with it, or null. */
  readonly quota: number | null;
  readonly nowMs: number;
}

/** The window after an answer: the known one, or the next one. Answers overtake each other, so the least counts. */
export function updateWindow(known: RateLimitWindow | undefined, news: RateLimitNews): RateLimitWindow {
  const { state, nowMs } = news;
  const endsAtMs = nowMs + state.resetMs;
  const quota = news.quota ?? Math.max(known?.quota ?? 0, state.remaining);
  const { underWay = 0 } = known ?? {};
  if (known === undefined || known.endsAtMs <= nowMs || endsAtMs > known.endsAtMs + SAME_WINDOW_MS) {
    return { endsAtMs, left: state.remaining, quota, underWay, nextAtMs: 0 };
  }
  if (endsAtMs < known.endsAtMs - SAME_WINDOW_MS) return known;
  return {
    ...known,
    quota,
    endsAtMs: Math.max(endsAtMs, known.endsAtMs),
    left: Math.min(known.left, state.remaining),
  };
}

/** When the next request may be sent: now, as long as enough is left; else such that what is left lasts to the end. */
export function nextSlotMs(window: RateLimitWindow, nowMs: number): number {
  if (window.endsAtMs <= nowMs) return nowMs;
  if (window.left === 0) return window.endsAtMs;
  if (window.left - window.underWay > window.quota * LOW_SHARE) return nowMs;
  return Math.min(Math.max(nowMs, window.nextAtMs), window.endsAtMs);
}

/** The window after a request took its slot. */
export function takeSlot(window: RateLimitWindow, slotMs: number): RateLimitWindow {
  const left = Math.max(1, window.left - window.underWay);
  return { ...window, nextAtMs: slotMs + Math.max(0, window.endsAtMs - slotMs) / left };
}
