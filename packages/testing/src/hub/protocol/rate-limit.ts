import type { Clock } from '@modelkeep/core';
import { hubError } from './refusal.ts';
import type { Answer } from '../http/answer.ts';
import type { Identity } from './identity.ts';

/** The kinds of request that are counted apart. */
export type RateBucket = 'api' | 'resolvers' | 'pages';

/** Requests per window and caller. */
export type BucketLimits = Readonly<Record<RateBucket, number>>;

/** The rate limit of a hub. */
export interface RateLimitOptions {
  /** @default 300_000 */
  readonly windowMs?: number;
  /** For requests without a token, all together. @default { api: 500, resolvers: 3000, pages: 100 } */
  readonly anonymous?: Partial<BucketLimits>;
  /** For each token. @default { api: 1000, resolvers: 5000, pages: 200 } */
  readonly authenticated?: Partial<BucketLimits>;
  /** Whether a 429 carries Retry-After. @default false, like most answers of the public hub */
  readonly retryAfter?: boolean;
}

/** What one more request means. */
interface RateDecision {
  /** `RateLimit` and `RateLimit-Policy`, for the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The 429 to give in place of an answer. */
  readonly refusal: Answer | null;
}

/** Counts requests in fixed windows. */
export interface RateLimiter {
  count(bucket: RateBucket, identity: Identity): RateDecision;
}

const ANONYMOUS: BucketLimits = { api: 500, resolvers: 3000, pages: 100 };
const AUTHENTICATED: BucketLimits = { api: 1000, resolvers: 5000, pages: 200 };

/** The headers that tell a caller how much is left. */
export function rateHeaders(bucket: RateBucket, left: number, resetSeconds: number): { ratelimit: string } {
  return { ratelimit: `"${bucket}";r=${left};t=${resetSeconds}` };
}

/** Makes a limiter whose first window starts now. */
export function createRateLimiter(options: RateLimitOptions, clock: Clock): RateLimiter {
  const windowMs = options.windowMs ?? 300_000;
  const anonymous = { ...ANONYMOUS, ...options.anonymous };
  const authenticated = { ...AUTHENTICATED, ...options.authenticated };
  const startedMs = clock.monotonicMs();
  const counts = new Map<string, number>();
  let currentWindow = 0;
  return {
    count(bucket, identity) {
      const elapsedMs = clock.monotonicMs() - startedMs;
      const window = Math.floor(elapsedMs / windowMs);
      if (window !== currentWindow) counts.clear();
      currentWindow = window;
      const limit = (identity === null ? anonymous : authenticated)[bucket];
      const key = JSON.stringify([bucket, identity]);
      const used = (counts.get(key) ?? 0) + 1;
      counts.set(key, used);
      const resetSeconds = Math.max(1, Math.ceil((windowMs * (window + 1) - elapsedMs) / 1000));
      const headers = {
        ...rateHeaders(bucket, Math.max(0, limit - used), resetSeconds),
        'ratelimit-policy': `"fixed window";"${bucket}";q=${limit};w=${Math.ceil(windowMs / 1000)}`,
      };
      if (used <= limit) return { headers, refusal: null };
      const refusal = hubError(429, {
        message: 'We had to rate limit you. Try again when the window is over, or log in for a higher limit.',
        headers: options.retryAfter === true ? { 'retry-after': String(resetSeconds) } : {},
      });
      return { headers, refusal };
    },
  };
}
