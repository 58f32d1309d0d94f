import type { IncomingMessage } from 'node:http';
import type { Answer } from './http/answer.ts';
import { readBody } from './http/read-body.ts';
import { identify, type Identity, type KnownTokens } from './protocol/identity.ts';
import type { RateLimiter } from './protocol/rate-limit.ts';
import { Refusal } from './protocol/refusal.ts';
import type { UrlSigner } from './protocol/signed-url.ts';
import type { RepoRegistry } from './repo/repo-registry.ts';
import { cdnRoute } from './routes/cdn-object.ts';
import type { HubBehaviour } from './routes/hub-request.ts';
import { answerHub } from './routes/hub-routes.ts';
import { bucketOf } from './routes/route.ts';

/** What the answers of both servers depend on. */
export interface HubState {
  readonly registry: RepoRegistry;
  readonly signer: UrlSigner;
  readonly limiter: RateLimiter | null;
  readonly behaviour: HubBehaviour;
  readonly tokens: KnownTokens;
}

/** The addresses of both servers as the client of a request names them. */
export interface Addresses {
  readonly hubUrl: string;
  readonly cdnUrl: string;
}

interface ParsedUrl {
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

function parseUrl({ url = '/' }: IncomingMessage): ParsedUrl {
  const at = url.indexOf('?');
  const path = at === -1 ? url : url.slice(0, at);
  return { url, path, query: new URLSearchParams(url.slice(path.length)) };
}

function isKnown(state: HubState, token: string): boolean {
  if (state.tokens === 'any' || state.tokens.includes(token)) return true;
  return (['model', 'dataset', 'space'] as const)
    .flatMap((type) => state.registry.list(type))
    .some((repo) => (repo.settings().grantedTokens ?? []).includes(token));
}

function identityOf(request: IncomingMessage, state: HubState): Identity | Refusal {
  try {
    return identify(request.headers.authorization, (token) => isKnown(state, token));
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Answers the hub's origin. Every answer is counted and carries the rate-limit headers. */
export async function hubAnswer(request: IncomingMessage, state: HubState, addresses: Addresses): Promise<Answer> {
  const parsed = parseUrl(request);
  const identity = identityOf(request, state);
  const counted = state.limiter?.count(bucketOf(parsed.path), identity instanceof Refusal ? null : identity);
  const { headers, method = 'GET' } = request;
  let answer = counted?.refusal ?? null;
  if (answer === null && identity instanceof Refusal) answer = identity.answer;
  answer ??= await answerHub({
    ...parsed,
    ...addresses,
    method,
    headers,
    identity: identity instanceof Refusal ? null : identity,
    registry: state.registry,
    signer: state.signer,
    behaviour: state.behaviour,
    readBody: () => readBody(request),
  });
  return { ...answer, headers: { ...answer.headers, ...counted?.headers } };
}

/** Answers the CDN's origin. */
export function cdnAnswer(request: IncomingMessage, { registry, signer }: HubState): Promise<Answer> {
  const { path, query } = parseUrl(request);
  const { headers, method = 'GET' } = request;
  return cdnRoute({ method, path, query, headers, registry, signer });
}
