import { ModelkeepError, redactUrl } from '@modelkeep/core';

/** The error of a wait that is longer than the caller allows. */
export function rateLimitedError(url: string, retryAfterMs: number): ModelkeepError<'network.rate-limited'> {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return new ModelkeepError('network.rate-limited', {
    message: `${redactUrl(url)} asks to wait ${seconds} s before the next request`,
    facts: { url: redactUrl(url), retryAfterMs },
    hint: 'Try again after that time. A token raises the limits of most hubs.',
  });
}
