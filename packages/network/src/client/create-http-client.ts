import { silentLogger, systemClock, type HttpTransport } from '@modelkeep/core';
import { createCircuits } from '../breaker/circuits.ts';
import { createAnswerCache } from '../cache/answer-cache.ts';
import type { CachedAnswer } from '../cache/cached-answer.ts';
import { createCoalescer } from '../cache/coalesce.ts';
import { createThrottle } from '../rate-limit/throttle.ts';
import { closedError } from '../transport/transport-error.ts';
import { createHopGuard } from '../guard/hop-guard.ts';
import { createConnectivityMonitor } from '../offline/connectivity-monitor.ts';
import { createNearness } from '../offline/nearness.ts';
import { probeOrigin } from '../offline/probe-origin.ts';
import { createRetryBudget } from '../retry/retry-budget.ts';
import { createUndiciTransport } from '../transport/undici-transport.ts';
import { createGate } from './gate.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { HttpClientOptions } from './http-client-options.ts';
import type { HttpClient } from './http-client.ts';
import { performRequest, type RequestContext } from './perform-request.ts';
import { readRequest, type ReadContext } from './read-request.ts';

/**
 * Makes an HTTP client. Nothing is opened or imported before the first request.
 *
 * @example
 * ```ts
 * import { createHttpClient } from '@modelkeep/network';
 *
 * const http = createHttpClient({
 *   credentialsFor: (origin) => (origin === 'https://huggingface.co' ? 'Bearer …' : undefined),
 * });
 * const { value } = await http.json({ url: 'https://huggingface.co/api/models/gpt2' });
 * await http.close();
 * ```
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { proxyFor, certificateAuthorities, addressFamily } = options;
  const ownTransport = createUndiciTransport({ proxyFor, certificateAuthorities, addressFamily });
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const userAgent = options.userAgent ?? 'modelkeep';
  const closing = new AbortController();
  const transport = options.transport === undefined ? ownTransport : endedBy(closing.signal, options.transport);
  const circuits = createCircuits(clock);
  const isBreaking = options.circuitBreaker ?? true;
  const connectivity = createConnectivityMonitor({
    clock,
    isNear: createNearness(options.privateOrigins ?? []),
    probe: (origin) =>
      probeOrigin(origin, {
        transport,
        userAgent,
        signal: closing.signal,
        privateAddresses: options.privateOrigins === 'all' ? 'allow' : 'refuse',
      }),
  });
  const context: RequestContext = {
    transport,
    clock,
    logger,
    random: options.random ?? Math.random,
    gate: createGate({ connectivity, throttle: createThrottle(clock), circuits: isBreaking ? circuits : undefined }),
    retryBudget: createRetryBudget(clock, options.retryBudget),
    closing: closing.signal,
    credentialsFor: options.credentialsFor ?? (() => undefined),
    userAgent,
    guardHops: createHopGuard(options.privateOrigins ?? []),
    http2: options.http2 ?? true,
    timeouts: options.timeouts ?? {},
    retry: options.retry ?? {},
  };
  const cache = options.cache === undefined ? undefined : createAnswerCache(options.cache, { clock, logger });
  const reading: ReadContext = { context, cache, underWay: createCoalescer() };
  const close = async (): Promise<void> => {
    if (!closing.signal.aborted) closing.abort(closedError('HTTP client'));
    circuits.close();
    connectivity.close();
    await Promise.all([ownTransport.close(), cache?.settle()]);
  };
  return {
    prepare() {
      if (closing.signal.aborted) return;
      if (options.transport === undefined) ownTransport.prepare();
      if (isBreaking) circuits.prepare();
    },
    request: (request) => performRequest(context, request, async (result) => result),
    async json(request) {
      const answer = await readRequest(reading, 'json', request);
      return { ...answerOf(answer), value: answer.value() };
    },
    async text(request) {
      const answer = await readRequest(reading, 'text', request);
      return { ...answerOf(answer), text: String(answer.value()) };
    },
    isCircuitOpen: (origin) => circuits.isOpen(origin),
    circuits: circuits.current,
    connectivity: connectivity.current,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A transport that is not ours to close, whose exchanges end with the client all the same. */
function endedBy(closing: AbortSignal, transport: HttpTransport): HttpTransport {
  return {
    send: (request) =>
      transport.send({
        ...request,
        signal: request.signal === undefined ? closing : AbortSignal.any([request.signal, closing]),
      }),
  };
}

function answerOf({ status, headers, url, hops, cached }: CachedAnswer): HttpAnswer & Pick<CachedAnswer, 'cached'> {
  return { status, headers, url, hops, cached };
}
