import type { HttpHeaders } from '@modelkeep/core';
import { parseRateLimit } from './rate-limit-header.ts';

/**
 * How long an answer asks to wait before the next request: the longer one of `Retry-After` (seconds or a date) and the
 * time to reset of a `RateLimit` that is used up.
 *
 * @param headers - of the answer, names in lower case
 * @param nowMs - wall-clock time in milliseconds since 1970, used for a date where the answer carries none of its own
 * @returns milliseconds, or null when the answer does not ask
 * @example
 * ```ts
 * import { serverWaitMs } from '@modelkeep/network';
 *
 * serverWaitMs({ 'retry-after': '30', ratelimit: '"api";r=0;t=57' }, Date.now()); // 57_000
 * ```
 */
export function serverWaitMs(headers: HttpHeaders, nowMs: number): number | null {
  const waits = parseRateLimit(headers)
    .filter((state) => state.remaining === 0)
    .map((state) => state.resetMs);
  const retryAfter = retryAfterMs(headers, nowMs);
  if (retryAfter !== null) waits.push(retryAfter);
  return waits.length === 0 ? null : Math.max(...waits);
}

/** The server's own `Date` is the better base for its dates: the clocks may differ. */
function retryAfterMs(headers: HttpHeaders, nowMs: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = httpDateMs(text);
  if (at === null) return null;
  return Math.max(0, at - (httpDateMs(headers['date'] ?? '') ?? nowMs));
}

/** An HTTP-date in the one form that is sent today: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). */
function httpDateMs(text: string): number | null {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
