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

/**
 * Reads how many requests a window allows from `RateLimit-Policy: "fixed window";"api";q=500;w=300`, where the limit's
 * name is one of the quoted ones.
 */
export function parseQuotas(headers: HttpHeaders): ReadonlyMap<string, number> {
  const quotas = new Map<string, number>();
  const text = (headers['ratelimit-policy'] ?? '').slice(0, MAX_HEADER_CHARS);
  for (const item of text.split(',').slice(0, MAX_POLICIES)) {
    const parts = item.split(';', MAX_POLICIES).map((part) => part.trim());
    const quota = parameter(parts, 'q');
    if (quota === null) continue;
    for (const part of parts) {
      const name = /^"([^"]{1,64})"$/.exec(part)?.[1];
      if (name !== undefined) quotas.set(name, quota);
    }
  }
  return quotas;
}

function parameter(parameters: readonly string[], name: string): number | null {
  const text = parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
