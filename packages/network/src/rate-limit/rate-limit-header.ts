import type { HttpHeaders } from '@modelkeep/core';

const MAX_HEADER_CHARS = 1_024;
const MAX_POLICIES = 8;

/** What is left of one rate limit. */
export interface RateLimitState {
  /** The name of the limit: `api`, `resolvers`, … */
  readonly bucket: string;
  /** Requests left in the window. */
  readonly remaining: number;
  /** Time until the window starts again, in milliseconds. */
  readonly resetMs: number;
}

/**
 * Reads `RateLimit: "api";r=0;t=57` (draft-ietf-httpapi-ratelimit-headers, as the Hub sends it). What is not well
 * formed is left out.
 */
export function parseRateLimit(headers: HttpHeaders): readonly RateLimitState[] {
  const states: RateLimitState[] = [];
  const text = (headers['ratelimit'] ?? '').slice(0, MAX_HEADER_CHARS);
  for (const item of text.split(',').slice(0, MAX_POLICIES)) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const bucket = /^"([^"]{1,64})"$/.exec(name)?.[1];
    const remaining = parameter(parameters, 'r');
    const resetSeconds = parameter(parameters, 't');
    if (bucket === undefined || remaining === null || resetSeconds === null) continue;
    states.push({ bucket, remaining, resetMs: resetSeconds * 1_000 });
  }
  return states;
}

function parameter(parameters: readonly string[], name: string): number | null {
  const text = parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
