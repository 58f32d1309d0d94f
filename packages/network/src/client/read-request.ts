import { readAnswer, type BodyKind, type ReadAnswer } from '../body/read-answer.ts';
import type { AnswerCache } from '../cache/answer-cache.ts';
import { cachedAnswer, type CachedAnswer } from '../cache/cached-answer.ts';
import { identify, type RequestIdentity } from '../cache/cache-key.ts';
import type { Coalescer } from '../cache/coalesce.ts';
import { isSecretUrl } from '../cache/where-to-keep.ts';
import { checkUrl } from './check-url.ts';
import type { HttpReadRequest } from './http-client-request.ts';
import { performRequest, type RequestContext } from './perform-request.ts';

const DEFAULT_MAX_BYTES = 67_108_864;
/** With one of these an answer is not the whole answer to its URL. */
const CONDITIONAL_HEADER = /^(?:range|if-.+)$/i;

/** What {@link readRequest} works with. */
export interface ReadContext {
  readonly context: RequestContext;
  /** Undefined where nothing is kept. */
  readonly cache: AnswerCache | undefined;
  readonly underWay: Coalescer<CachedAnswer>;
}

/** Performs a request and reads its body; equal ones that are under way at the same time are one. */
export async function readRequest(
  { context, cache, underWay }: ReadContext,
  kind: BodyKind,
  request: HttpReadRequest,
): Promise<CachedAnswer> {
  const { signal, maxBytes = DEFAULT_MAX_BYTES, method = 'GET' } = request;
  context.closing.throwIfAborted();
  signal?.throwIfAborted();
  const accept = kind === 'json' ? { accept: 'application/json' } : {};
  const ask = (asked: HttpReadRequest): Promise<ReadAnswer> =>
    performRequest(context, { ...asked, headers: { ...accept, ...asked.headers } }, (result) =>
      readAnswer(kind, result, { maxBytes, isHead: method === 'HEAD' }),
    );
  if (method === 'POST') return { ...(await ask(request)), cached: 'no' };

  const url = checkUrl(request.url);
  const identityNow = (): RequestIdentity => identify({ kind, url, request, credentialsFor: context.credentialsFor });
  const identity = identityNow();
  const isWhole = !Object.keys(request.headers ?? {}).some((name) => CONDITIONAL_HEADER.test(name));
  const isCacheable = method === 'GET' && request.cache !== 'none' && isWhole && !isSecretUrl(url);
  const { timeouts, retry, endpointClass, http2, cache: mode } = request;
  const key = JSON.stringify([identity.key, maxBytes, timeouts, retry, endpointClass, http2, mode]);

  return underWay.run(key, signal, async (sharedSignal) => {
    const shared = { ...request, signal: sharedSignal };
    if (cache === undefined || !isCacheable) return { ...(await ask(shared)), cached: 'no' };
    const isSame = (): boolean => identityNow().key === identity.key;
    return cachedAnswer({ cache, clock: context.clock, kind, url, identity, request: shared, isSame, ask });
  });
}
