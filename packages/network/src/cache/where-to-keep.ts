import type { HttpAnswer } from '../client/http-answer.ts';
import { parseCacheControl } from './cache-control.ts';

/** Names of query parameters that give access, or the signature of a URL that does. */
const SECRET_PARAMETER =
  /^(?:x-(?:amz|goog)-.+|signature|policy|expires|key-pair-id|sig|se|sv|token|access[-_]?token|api[-_]?key|key|auth|authorization|credentials?|password|secret)$/i;

/** Whether a URL gives access to whoever has it. */
export function isSecretUrl(url: URL): boolean {
  return [...url.searchParams.keys()].some((name) => SECRET_PARAMETER.test(name));
}

/**
 * Where an answer may be kept: a 200 without cookies that came from the asked origin all the way. What is `private`, or
 * was given to somebody who showed who they are, stays in memory.
 */
export function whereToKeep(
  answer: HttpAnswer,
  asked: { readonly url: URL; readonly hasCredentials: boolean },
): 'nowhere' | 'memory' | 'store' {
  const { headers } = answer;
  const control = parseCacheControl(headers);
  const way = [answer.url, ...answer.hops.map((hop) => hop.url)].map((url) => new URL(url));
  const isPlain = way.every((url) => url.origin === asked.url.origin && !isSecretUrl(url));
  const isKept = answer.status === 200 && isPlain && !control.noStore && headers['vary']?.trim() !== '*';
  if (!isKept || headers['set-cookie'] !== undefined) return 'nowhere';
  return asked.hasCredentials || control.isPrivate ? 'memory' : 'store';
}
