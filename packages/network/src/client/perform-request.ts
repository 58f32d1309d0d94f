import { redactUrl, type Clock, type HttpResponse, type HttpTransport, type Logger } from '@modelkeep/core';
import { refuseEncodedBody } from '../body/content-encoding.ts';
import { discardBody } from '../body/discard-body.ts';
import { checkHeaders } from '../headers/check-headers.ts';
import type { HopGuard } from '../guard/hop-guard.ts';
import { headersForHop } from '../headers/headers-for-hop.ts';
import { serverWaitMs } from '../rate-limit/server-wait.ts';
import { followRedirects } from '../redirects/follow-redirects.ts';
import type { HopRequest } from '../redirects/next-hop.ts';
import { jitterMs } from '../retry/back-off.ts';
import type { RetryBudget } from '../retry/retry-budget.ts';
import { isRetriedStatus, retryPolicyOf } from '../retry/retry-policy.ts';
import { UnsatisfyingAnswer, withRetry } from '../retry/with-retry.ts';
import { checkUrl } from './check-url.ts';
import type { Gate } from './gate.ts';
import type { HttpResult } from './http-answer.ts';
import type { HttpTimeouts, RetryOptions } from './http-client-options.ts';
import type { HttpClientRequest } from './http-client-request.ts';
import { sleepWithin } from './sleep-within.ts';
import { createTimeBudget } from './time-budget.ts';

/** What all requests of a client share. */
export interface RequestContext {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly gate: Gate;
  readonly retryBudget: RetryBudget;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
  readonly credentialsFor: (origin: string) => string | undefined;
  readonly userAgent: string;
  /** Starts an attempt: the returned function judges its hops, one after the other. */
  readonly guardHops: () => HopGuard;
  readonly http2: boolean;
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
  const earlier = (request.redirectedFrom ?? []).map((url) => checkUrl(url));
  /** The origin that the caller has named. */
  const firstOrigin = (earlier[0] ?? first.url).origin;
  const policy = retryPolicyOf(request, context.retry);
  const { timeouts = {} } = request;
  const budget = createTimeBudget({
    clock: context.clock,
    url: first.url,
    totalTimeoutMs: timeouts.totalTimeoutMs ?? context.timeouts.totalTimeoutMs ?? 0,
  });
  const sleep = (ms: number): Promise<void> => {
    budget.spend(ms);
    return sleepWithin(context.clock, ms, [request.signal, context.closing]);
  };

  const send = async (hop: HopRequest, guard: HopGuard): Promise<HttpResponse> => {
    const privateAddresses = guard(hop.url);
    const pass = await context.gate.enter(hop.url, {
      endpointClass: hop.url.origin === firstOrigin ? (request.endpointClass ?? 'api') : 'cdn',
      maxWaitMs: policy.maxWaitMs,
      jitterMs: () => jitterMs(context.random),
      sleep,
    });
    try {
      return await pass.answered(await exchange(hop, privateAddresses));
    } catch (error) {
      await pass.failed(error);
      throw error;
    }
  };
  const exchange = async (hop: HopRequest, privateAddresses: 'allow' | 'refuse'): Promise<HttpResponse> => {
    context.closing.throwIfAborted();
    const startedAt = context.clock.monotonicMs();
    const response = await context.transport.send({
      method: hop.method,
      url: hop.url.href,
      headers: headersForHop({
        origin: hop.url.origin,
        firstOrigin,
        headers: hop.headers,
        credentialsFor: context.credentialsFor,
        userAgent: context.userAgent,
      }),
      body: hop.body,
      signal: request.signal,
      connectTimeoutMs: timeouts.connectTimeoutMs ?? context.timeouts.connectTimeoutMs,
      headersTimeoutMs: timeouts.headersTimeoutMs ?? context.timeouts.headersTimeoutMs,
      idleTimeoutMs: timeouts.idleTimeoutMs ?? context.timeouts.idleTimeoutMs,
      totalTimeoutMs: budget.leftMs(),
      minimumRate: timeouts.minimumRate ?? context.timeouts.minimumRate,
      http2: request.http2 ?? context.http2,
      privateAddresses,
    });
    context.logger.debug('HTTP answer', {
      method: hop.method,
      url: redactUrl(hop.url),
      status: response.status,
      tookMs: Math.round(context.clock.monotonicMs() - startedAt),
    });
    return response;
  };

  context.retryBudget.noteRequest(first.url.origin);
  const takeRetry = (): boolean => context.retryBudget.takeRetry(first.url.origin);
  return withRetry({
    url: first.url.href,
    takeRetry,
    policy,
    signal: request.signal,
    random: context.random,
    logger: context.logger,
    sleep,
    async attempt(isLast) {
      const guard = context.guardHops();
      for (const url of earlier) guard(url);
      const result = await followRedirects({
        request: first,
        redirect: request.redirect ?? 'follow',
        send: (hop) => send(hop, guard),
      });
      if (!isLast && isRetriedStatus(result.status)) {
        const waitMs = serverWaitMs(result.headers, context.clock.now());
        // A retry that the server itself gave a time for is no burden to it.
        if (waitMs !== null || takeRetry()) {
          await discardBody(result.body);
          throw new UnsatisfyingAnswer(result.status, waitMs);
        }
      }
      return read(await refuseEncodedBody(result, method));
    },
  });
}
