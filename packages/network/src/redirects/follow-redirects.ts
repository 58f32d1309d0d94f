import type { HttpResponse } from '@modelkeep/core';
import { discardBody } from '../body/discard-body.ts';
import type { HttpHop, HttpResult } from '../client/http-answer.ts';
import { isRedirectStatus, nextHop, redirectError, type HopRequest } from './next-hop.ts';

const MAX_HOPS = 10;

/** What {@link followRedirects} works with. */
export interface FollowOptions {
  readonly request: HopRequest;
  readonly redirect: 'follow' | 'manual';
  /** Sends one hop. */
  readonly send: (hop: HopRequest) => Promise<HttpResponse>;
}

/**
 * Sends a request and follows at most ten redirects.
 *
 * @throws `network.redirect`, and what `send` throws
 */
export async function followRedirects(options: FollowOptions): Promise<HttpResult> {
  const hops: HttpHop[] = [];
  const seen = new Set<string>();
  let current = options.request;
  for (;;) {
    const { status, headers, body, giveBack } = await options.send(current);
    const url = current.url.href;
    if (options.redirect === 'manual' || !isRedirectStatus(status))
      return { status, headers, url, hops, body, giveBack };
    await discardBody(body);
    hops.push({ url, status, headers });
    seen.add(`${current.method} ${url}`);
    const next = nextHop(current, status, headers);
    if (seen.has(`${next.method} ${next.url.href}`)) throw redirectError(current.url, next.url.href, 'loop');
    if (hops.length > MAX_HOPS) throw redirectError(current.url, next.url.href, 'too-many');
    current = next;
  }
}
