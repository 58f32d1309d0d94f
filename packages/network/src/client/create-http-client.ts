import { silentLogger, systemClock } from '@modelkeep/core';
import { readBody } from '../body/read-body.ts';
import { readJson } from '../body/read-json.ts';
import { createThrottle } from '../rate-limit/throttle.ts';
import { closedError } from '../transport/transport-error.ts';
import { createUndiciTransport } from '../transport/undici-transport.ts';
import type { HttpClient, HttpClientOptions, HttpClientRequest, HttpResult } from './http-client.ts';
import { performRequest, type RequestContext } from './perform-request.ts';

const DEFAULT_MAX_BYTES = 67_108_864;

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
  const ownTransport = createUndiciTransport();
  const clock = options.clock ?? systemClock;
  const closing = new AbortController();
  const context: RequestContext = {
    transport: options.transport ?? ownTransport,
    clock,
    logger: options.logger ?? silentLogger,
    random: options.random ?? Math.random,
    throttle: createThrottle(clock),
    closing: closing.signal,
    credentialsFor: options.credentialsFor ?? (() => undefined),
    userAgent: options.userAgent ?? 'modelkeep',
    timeouts: options.timeouts ?? {},
    retry: options.retry ?? {},
  };
  const answerOf = ({ status, headers, url, hops }: HttpResult): Omit<HttpResult, 'body'> => ({
    status,
    headers,
    url,
    hops,
  });
  const limits = (
    request: HttpClientRequest & { maxBytes?: number | undefined },
  ): { maxBytes: number; isHead: boolean } => ({
    maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES,
    isHead: request.method === 'HEAD',
  });
  const close = async (): Promise<void> => {
    if (!closing.signal.aborted) closing.abort(closedError('HTTP client'));
    await ownTransport.close();
  };
  return {
    request: (request) => performRequest(context, request, async (result) => result),
    json: (request) =>
      performRequest(
        context,
        { ...request, headers: { accept: 'application/json', ...request.headers } },
        async (result) => ({ ...answerOf(result), value: await readJson(result, limits(request)) }),
      ),
    text: (request) =>
      performRequest(context, request, async (result) => {
        const bytes = await readBody(result, limits(request));
        return { ...answerOf(result), text: new TextDecoder().decode(bytes) };
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
