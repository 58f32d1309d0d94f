import { isModelkeepError, type BodyEnd } from '@modelkeep/core';
import { isCertificateProblem } from '../transport/transport-error.ts';

/** What an attempt says about the health of a server. Neutral: nothing. */
export type Outcome = 'success' | 'failure' | 'neutral';

/**
 * What a status says, or undefined where the body has the last word. 429 is the throttle's business, and any other 4xx
 * says more about the request than about the server.
 */
export function outcomeOfStatus(status: number): Outcome | undefined {
  if (status >= 500) return 'failure';
  if (status >= 400) return 'neutral';
  return status >= 300 ? 'success' : undefined;
}

/**
 * What an error says. A caller's own limit on the whole time, an abort, a machine that is offline, a proxy, a clock or
 * certificate of this machine that is wrong: none of them is the server's fault.
 */
export function outcomeOfError(error: unknown): Outcome {
  if (isModelkeepError(error, 'network.timeout')) return error.facts.phase === 'total' ? 'neutral' : 'failure';
  if (isModelkeepError(error, 'network.connection')) {
    return isCertificateProblem(error.facts.systemCode) ? 'neutral' : 'failure';
  }
  return 'neutral';
}

/** What the end of a body says. */
export function outcomeOfBody(end: BodyEnd): Outcome {
  if (end.kind === 'failed') return outcomeOfError(end.error);
  return end.kind === 'complete' ? 'success' : 'neutral';
}
