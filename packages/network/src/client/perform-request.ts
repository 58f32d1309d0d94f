import { redactUrl, type Clock, type HttpResponse, type HttpTransport, type Logger } from '@modelkeep/core';
import { refuseEncodedBody } from '../body/content-encoding.ts';
import { discardBody } from '../body/discard-body.ts';
import { checkHeaders } from '../headers/check-headers.ts';
import { headersForHop } from '../headers/headers-for-hop.ts';
import { serverWaitMs } from '../rate-limit/server-wait.ts';
import type { Throttle } from '../rate-limit/throttle.ts';
import { followRedirects } from '../redirects/follow-redirects.ts';
import type { HopRequest } from '../redirects/next-hop.ts';
import { jitterMs } from '../retry/back-off.ts';
import { isRetriedStatus, retryPolicyOf } from '../retry/retry-policy.ts';
import { UnsatisfyingAnswer, withRetry } from '../retry/with-retry.ts';
import { checkUrl } from './check-url.ts';
import type { HttpClientRequest, HttpResult, HttpTimeouts, RetryOptions } from './http-client.ts';
import { sleepWithin } from './sleep-within.ts';

/** What all requests of a client share. */
export interface RequestContext {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly throttle: Throttle;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
  readonly credentialsFor: (origin: string) => string | undefined;
  readonly userAgent: string;
  readonly timeouts: HttpTimeouts;
  readonly retry: RetryOptions;
}

/**
 * Performs one logical request: attempts, each with its redirects, and in each hop the wait that the server's limits
 * ask for.
 *
 * @param read - takes what it needs from the answer; its failures are retried like those of the connection
 */
export async function performRequest<T>(
  context: RequestContext,
  request: HttpClientRequest,
  read: (result: HttpResult) => Promise<T>,
): Promise<T> {
  context.closing.throwIfAborted();
  request.signal?.throwIfAborted();
  const method = request.method ?? 'GET';
  const first: HopRequest = {
    method,
    url: checkUrl(request.url),
    headers: checkHeaders(request.headers ?? {}),
    body: request.body,
  };
  const policy = retryPolicyOf(request, context.retry);
  const sleep = (ms: number): Promise<void> => sleepWithin(context.clock, ms, [request.signal, context.closing]);

  const send = async (hop: HopRequest): Promise<HttpResponse> => {
    await context.throttle.wait(hop.url, {
      maxWaitMs: policy.maxWaitMs,
      jitterMs: () => jitterMs(context.random),
      sleep,
    });
    context.closing.throwIfAborted();
    const startedAt = context.clock.monotonicMs();
    const response = await context.transport.send({
      method: hop.method,
      url: hop.url.href,
      headers: headersForHop({
        origin: hop.url.origin,
        firstOrigin: first.url.origin,
        headers: hop.headers,
        credentialsFor: context.credentialsFor,
        userAgent: context.userAgent,
      }),
      body: hop.body,
      signal: request.signal,
      connectTimeoutMs: request.timeouts?.connectTimeoutMs ?? context.timeouts.connectTimeoutMs,
      headersTimeoutMs: request.timeouts?.headersTimeoutMs ?? context.timeouts.headersTimeoutMs,
      idleTimeoutMs: request.timeouts?.idleTimeoutMs ?? context.timeouts.idleTimeoutMs,
    });
    context.throttle.note(hop.url, response.status, response.headers);
    context.logger.debug('HTTP answer', {
      method: hop.method,
      url: redactUrl(hop.url),
      status: response.status,
      tookMs: Math.round(context.clock.monotonicMs() - startedAt),
    });
    return response;
  };

  return withRetry({
    url: first.url.href,
    policy,
    signal: request.signal,
    random: context.random,
    logger: context.logger,
    sleep,
    async attempt(isLast) {
      const result = await followRedirects({ request: first, redirect: request.redirect ?? 'follow', send });
      if (!isLast && isRetriedStatus(result.status)) {
        await discardBody(result.body);
        throw new UnsatisfyingAnswer(result.status, serverWaitMs(result.headers, context.clock.now()));
      }
      return read(await refuseEncodedBody(result, method));
    },
  });
}
