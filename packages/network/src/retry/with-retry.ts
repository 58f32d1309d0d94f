import { isModelkeepError, ModelkeepError, redactUrl, type Logger } from '@modelkeep/core';
import pRetry from 'p-retry';
import { rateLimitedError } from '../rate-limit/rate-limited-error.ts';
import { backOffMs, jitterMs } from './back-off.ts';
import { isRetriedError, type RetryPolicy } from './retry-policy.ts';

/** Thrown by an attempt that got an answer which another attempt may better. Never leaves this package. */
export class UnsatisfyingAnswer extends Error {
  readonly status: number;
  /** What the server asks for, or null. */
  readonly waitMs: number | null;

  constructor(status: number, waitMs: number | null) {
    super(`status ${status}`);
    this.status = status;
    this.waitMs = waitMs;
  }
}

/** What {@link withRetry} works with. */
export interface WithRetryOptions<T> {
  readonly url: string;
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal | undefined;
  readonly random: () => number;
  readonly logger: Logger;
  /** Waits; ends early when the request is aborted or the client is closed. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes one retry from the budget; false when none is left. */
  readonly takeRetry: () => boolean;
  /** One attempt; `isLast` asks for whatever the server answers. What is unsatisfying has paid for its retry. */
  readonly attempt: (isLast: boolean) => Promise<T>;
}

/**
 * Repeats an attempt by the policy. p-retry counts and calls; how long to wait and when to stop is decided here, because
 * its own jitter is from one to two times the delay and its delays know neither our clock nor the server's wish.
 */
export function withRetry<T>(options: WithRetryOptions<T>): Promise<T> {
  const { policy, signal, random } = options;
  return pRetry((number) => options.attempt(number >= policy.attempts), {
    retries: Infinity,
    minTimeout: 0,
    ...(signal === undefined ? {} : { signal }),
    async onFailedAttempt({ error, attemptNumber }) {
      const waitMs = error instanceof UnsatisfyingAnswer ? error.waitMs : null;
      if (waitMs !== null && waitMs > policy.maxWaitMs) throw rateLimitedError(options.url, waitMs);
      const mayRetry =
        error instanceof UnsatisfyingAnswer ||
        (isRetriedError(error) && attemptNumber < policy.attempts && options.takeRetry());
      if (!mayRetry) throw withAttempts(error, attemptNumber);
      const delayMs = waitMs === null ? backOffMs(policy, attemptNumber, random) : waitMs + jitterMs(random);
      options.logger.warn('HTTP request is sent again', {
        url: redactUrl(options.url),
        attempt: attemptNumber,
        delayMs: Math.round(delayMs),
        reason: isModelkeepError(error) ? error.code : error.message,
      });
      await options.sleep(delayMs);
    },
  });
}

/** The same error with the number of attempts that it took. */
function withAttempts(error: Error, attempts: number): Error {
  const { message, cause } = error;
  if (attempts === 1) return error;
  if (isModelkeepError(error, 'network.connection')) {
    return new ModelkeepError(error.code, { message, facts: { ...error.facts, attempts }, hint: error.hint, cause });
  }
  if (isModelkeepError(error, 'network.proxy')) {
    return new ModelkeepError(error.code, { message, facts: { ...error.facts, attempts }, hint: error.hint, cause });
  }
  if (isModelkeepError(error, 'network.timeout')) {
    return new ModelkeepError(error.code, { message, facts: { ...error.facts, attempts }, hint: error.hint, cause });
  }
  return error;
}
