import { isModelkeepError, type Clock } from '@modelkeep/core';
import { decodeText, jsonValue, type BodyKind, type ReadAnswer } from '../body/read-answer.ts';
import type { CachedState } from '../client/http-answer.ts';
import type { HttpReadRequest } from '../client/http-client-request.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { RequestIdentity } from './cache-key.ts';
import { confirmed, headersToKeep, isAbout, isFresh, mayBeStale, type KeptAnswer } from './kept-answer.ts';
import { whereToKeep } from './where-to-keep.ts';

/** An answer and where it came from. */
export interface CachedAnswer extends ReadAnswer {
  readonly cached: CachedState;
}

/** What {@link cachedAnswer} works with. */
export interface CachedAnswerOptions {
  readonly cache: AnswerCache;
  readonly clock: Clock;
  readonly kind: BodyKind;
  readonly url: URL;
  readonly identity: RequestIdentity;
  readonly request: HttpReadRequest;
  /** Whether the request would still be the same one: the credentials may have become others while it was under way. */
  readonly isSame: () => boolean;
  /** Asks the server. */
  readonly ask: (request: HttpReadRequest) => Promise<ReadAnswer>;
}

/** Answers a GET from the cache as far as HTTP allows it (RFC 9111; RFC 5861 for what is stale), else from the server. */
export async function cachedAnswer(options: CachedAnswerOptions): Promise<CachedAnswer> {
  const { cache, clock, kind, url, identity, request, isSame, ask } = options;
  const { key } = identity;
  const { signal } = request;
  const kept = request.cache === 'reload' ? null : await cache.get({ key, url, kind, signal });
  if (kept !== null && isFresh(kept, clock.now(), cache.freshForMs)) return fromKept(kept, kind, 'fresh');
  const standIn = kept !== null && mayBeStale(kept) ? kept : null;

  const keep = async (answer: ReadAnswer): Promise<CachedAnswer> => {
    const where = isSame() ? whereToKeep(answer, { url, hasCredentials: identity.hasCredentials }) : 'nowhere';
    if (where !== 'nowhere') {
      const { bytes, url: answerUrl } = answer;
      const headers = headersToKeep(answer.headers);
      const fetched: KeptAnswer = { url: url.href, answerUrl, headers, bytes, confirmedAtMs: clock.now() };
      await cache.put(key, { kept: fetched, where });
    } else if (isFinal(answer.status) && (kept !== null || request.cache === 'reload')) {
      await cache.delete(key);
    }
    return { ...answer, cached: 'no' };
  };

  try {
    const etag = kept?.headers['etag'];
    const conditional = etag === undefined ? {} : { 'if-none-match': etag };
    const answer = await ask({ ...request, headers: { ...request.headers, ...conditional } });
    if (answer.status === 304 && kept !== null) {
      // What has not changed at one URL says nothing of another that the request is redirected to by now.
      if (!isAbout(kept, answer)) return await keep(await ask(request));
      const news = confirmed(kept, answer.headers, clock.now());
      const where = isSame()
        ? whereToKeep({ ...answer, status: 200, headers: news.headers }, { url, ...identity })
        : 'nowhere';
      if (where === 'nowhere') await cache.delete(key);
      else await cache.put(key, { kept: news, where, confirmedBeforeMs: kept.confirmedAtMs });
      return { ...fromKept(news, kind, 'revalidated'), hops: answer.hops };
    }
    if (answer.status >= 500 && standIn !== null) return fromKept(standIn, kind, 'stale');
    return await keep(answer);
  } catch (error) {
    if (standIn === null || !isUnreachable(error)) throw error;
    return fromKept(standIn, kind, 'stale');
  }
}

function fromKept(kept: KeptAnswer, kind: BodyKind, cached: CachedState): CachedAnswer {
  const { answerUrl: url, headers, bytes } = kept;
  const value = kind === 'json' ? jsonValue(bytes, url) : () => decodeText(bytes);
  return { status: 200, headers, url, hops: [], bytes, value, cached };
}

/** A status by which the server takes back what it said before. */
function isFinal(status: number): boolean {
  return status < 500 && status !== 408 && status !== 429;
}

/** Whether an error says that the server could not be asked, or broke off. */
function isUnreachable(error: unknown): boolean {
  return (
    isModelkeepError(error, 'network.connection') ||
    isModelkeepError(error, 'network.timeout') ||
    isModelkeepError(error, 'network.offline') ||
    isModelkeepError(error, 'network.circuit-open') ||
    isModelkeepError(error, 'network.proxy') ||
    (isModelkeepError(error, 'network.body') && error.facts.reason === 'truncated')
  );
}
