import type { HttpHeaders } from '@modelkeep/core';
import { parseCacheControl } from './cache-control.ts';

/** A clock that was set back a little makes no answer one from the future. */
const CLOCK_SLACK_MS = 60_000;

/** A 200 answer as it is kept. */
export interface KeptAnswer {
  /** The URL that was asked. */
  readonly url: string;
  /** Where the answer came from. */
  readonly answerUrl: string;
  readonly headers: HttpHeaders;
  readonly bytes: Uint8Array;
  /** When the server gave or last confirmed it, in milliseconds since 1970. */
  readonly confirmedAtMs: number;
}

/** Whether an answer may still be used at all. */
export function isKept({ confirmedAtMs }: KeptAnswer, nowMs: number, ttlMs: number): boolean {
  const ageMs = nowMs - confirmedAtMs;
  return ageMs >= -CLOCK_SLACK_MS && ageMs < ttlMs;
}

/** Whether an answer may be used without asking the server. */
export function isFresh({ headers, confirmedAtMs }: KeptAnswer, nowMs: number, freshForMs: number): boolean {
  const { noCache, maxAgeMs } = parseCacheControl(headers);
  if (noCache || nowMs < confirmedAtMs) return false;
  const age = headers['age'] ?? '';
  const ageOnArrivalMs = /^\d{1,9}$/.test(age) ? Number(age) * 1_000 : 0;
  return nowMs - confirmedAtMs + ageOnArrivalMs < (maxAgeMs ?? freshForMs);
}

/** Whether an answer may stand in for one that the server cannot give. */
export function mayBeStale({ headers }: KeptAnswer): boolean {
  return !parseCacheControl(headers).neverStale;
}

/** Headers of one exchange, which say nothing of a later one. */
const PASSING = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Headers of a 304 that do not describe the body that is kept (RFC 9111, 3.2). */
const OF_THE_BODY = new Set(['content-encoding', 'content-length', 'content-range', 'content-type']);

/** The headers of an answer that are kept with it. */
export function headersToKeep(headers: HttpHeaders): HttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PASSING.has(name)));
}

/** Whether a 304 is about what is kept: it may name no ETag, and another spelling of one, but no other one. */
export function isAbout(
  kept: KeptAnswer,
  { url, headers }: { readonly url: string; readonly headers: HttpHeaders },
): boolean {
  const tags = [kept.headers['etag'], headers['etag'] ?? kept.headers['etag']].map((tag) => tag?.replace(/^W\//, ''));
  return url === kept.answerUrl && tags[0] === tags[1];
}

/** A kept answer after the server confirmed it with a 304. */
export function confirmed(kept: KeptAnswer, headers: HttpHeaders, nowMs: number): KeptAnswer {
  const { age: _age, ...known } = kept.headers;
  const news = Object.entries(headersToKeep(headers)).filter(([name]) => !OF_THE_BODY.has(name));
  return { ...kept, headers: { ...known, ...Object.fromEntries(news) }, confirmedAtMs: nowMs };
}
