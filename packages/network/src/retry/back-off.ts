import type { RetryPolicy } from './retry-policy.ts';

const MAX_JITTER_MS = 1_000;

/** Full jitter: a random time up to the base, doubled with each attempt and capped. */
export function backOffMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
}

/** What is added to a wait that a server asked for, so that its clients do not all come back at once. */
export function jitterMs(random: () => number): number {
  return random() * MAX_JITTER_MS;
}
