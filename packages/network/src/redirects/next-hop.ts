import { ModelkeepError, redactUrl, type ErrorFacts, type HttpHeaders } from '@modelkeep/core';

/** A request on its way through redirects. */
export interface HopRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  /** The caller's headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
}

type Reason = ErrorFacts['network.redirect']['reason'];

const PROBLEMS: Record<Reason, string> = {
  loop: 'comes back to where it was',
  'too-many': 'is one of too many',
  scheme: 'leads to another protocol than http and https',
  downgrade: 'leads from https to http',
  'missing-location': 'names no target',
  invalid: 'names a target that is no plain URL',
  method: 'would send a POST again',
};

/** The error of a redirect that is not followed. */
export function redirectError(from: URL, location: string, reason: Reason): ModelkeepError<'network.redirect'> {
  return new ModelkeepError('network.redirect', {
    message: `The redirect of ${redactUrl(from)} ${PROBLEMS[reason]}`,
    facts: { url: redactUrl(from), location: redactUrl(location), reason },
    hint: 'The server is not set up as it should be, or something between it and this machine changes its answers.',
  });
}

/** Whether a status asks for another request elsewhere. */
export function isRedirectStatus(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * Where a redirect leads and whether that may be followed. A `location` may be relative.
 *
 * @throws `network.redirect` for a missing or broken target, another protocol, https to http, user or password in it
 */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || location === '') throw redirectError(from, '', 'missing-location');
  if (!URL.canParse(location, from.href)) throw redirectError(from, location, 'invalid');
  const target = new URL(location, from);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') throw redirectError(from, location, 'scheme');
  if (from.protocol === 'https:' && target.protocol === 'http:') throw redirectError(from, location, 'downgrade');
  if (target.username !== '' || target.password !== '') throw redirectError(from, target.href, 'invalid');
  target.hash = '';
  return target;
}

/**
 * The request that follows a redirect: 303 becomes a GET (HEAD stays HEAD), a POST is sent again only for 307 and 308
 * (RFC 9110, 15.4).
 *
 * @throws `network.redirect`
 */
export function nextHop(request: HopRequest, status: number, headers: HttpHeaders): HopRequest {
  const url = redirectTarget(request.url, headers['location']);
  if (request.method !== 'POST' || status === 307 || status === 308) return { ...request, url };
  if (status !== 303) throw redirectError(request.url, url.href, 'method');
  const { 'content-type': _contentType, ...kept } = request.headers;
  return { method: 'GET', url, headers: kept, body: undefined };
}
