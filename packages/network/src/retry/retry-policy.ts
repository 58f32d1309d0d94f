import { isModelkeepError, type ErrorFacts } from '@modelkeep/core';
import { isCertificateProblem } from '../transport/transport-error.ts';
import type { RetryOptions } from '../client/http-client-options.ts';
import type { HttpClientRequest } from '../client/http-client-request.ts';

/** {@link RetryOptions} with nothing left open. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxWaitMs: number;
}

/** The policy of one request: its own options before the client's, one attempt where a second could do harm. */
export function retryPolicyOf(request: HttpClientRequest, client: RetryOptions = {}): RetryPolicy {
  const own = typeof request.retry === 'object' ? request.retry : {};
  const isIdempotent = request.idempotent ?? request.method !== 'POST';
  const sendOnce = request.retry === false || !isIdempotent;
  return {
    attempts: sendOnce ? 1 : (own.attempts ?? client.attempts ?? 3),
    baseDelayMs: own.baseDelayMs ?? client.baseDelayMs ?? 500,
    maxDelayMs: own.maxDelayMs ?? client.maxDelayMs ?? 30_000,
    maxWaitMs: own.maxWaitMs ?? client.maxWaitMs ?? 600_000,
  };
}

const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** Whether another attempt may get a better status. */
export function isRetriedStatus(status: number): boolean {
  return RETRIED_STATUSES.has(status);
}

function isRetriedProxyProblem({ status, systemCode }: ErrorFacts['network.proxy']): boolean {
  return status === undefined ? !isCertificateProblem(systemCode ?? '') : isRetriedStatus(status);
}

/** Whether another attempt may not meet this error. Being offline is none of them: that fails fast. */
export function isRetriedError(error: unknown): boolean {
  if (isModelkeepError(error, 'network.timeout')) return error.facts.phase !== 'total';
  if (isModelkeepError(error, 'network.proxy')) return isRetriedProxyProblem(error.facts);
  if (isModelkeepError(error, 'network.connection')) return !isCertificateProblem(error.facts.systemCode);
  return isModelkeepError(error, 'network.body') && error.facts.reason === 'truncated';
}
