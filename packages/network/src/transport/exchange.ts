import type { HttpHeaders, HttpRequest, HttpResponse } from '@modelkeep/core';
import type { Dispatcher } from 'undici';
import { createBodyQueue } from './body-queue.ts';
import type { ConnectionTracker } from './connection-tracker.ts';
import { createPhaseTimer } from './phase-timer.ts';
import { timeoutError, toTransportError } from './transport-error.ts';

/** What one exchange needs. */
export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly tracker: ConnectionTracker;
  readonly request: HttpRequest;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Sends one request over undici's dispatcher and answers when the final headers are there. */
export function exchange(options: ExchangeOptions): Promise<HttpResponse> {
  const { dispatcher, request, tracker } = options;
  const url = new URL(request.url);
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;

  const stopWaiting = tracker.wait(url.origin);
  const timer = createPhaseTimer((phase, timeoutMs) => abandon(timeoutError(request.url, phase, timeoutMs)));
  const queue = createBodyQueue({
    pause() {
      timer.stop();
      controller?.pause();
    },
    resume() {
      timer.start('idle', options.idleTimeoutMs);
      controller?.resume();
    },
    release: () => abandon(undefined),
  });

  /** Lets go of everything but the bytes that are buffered. Only the first call counts. */
  const finish = (): boolean => {
    if (isOver) return false;
    isOver = true;
    timer.stop();
    stopWaiting();
    request.signal?.removeEventListener('abort', onAbort);
    return true;
  };
  /** Ends the exchange from our side: the connection is destroyed. */
  const abandon = (error: unknown): void => {
    if (!finish()) return;
    reject(error);
    queue.fail(error);
    controller?.abort(new Error('The exchange was abandoned'));
  };
  const onAbort = (): void => {
    const reason: unknown = request.signal?.reason;
    queue.abort(reason);
    abandon(reason);
  };

  request.signal?.addEventListener('abort', onAbort, { once: true });
  timer.start('connect', options.connectTimeoutMs);
  dispatcher.dispatch(
    {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    {
      onRequestStart(started) {
        controller = started;
        if (isOver) {
          started.abort(new Error('The exchange was abandoned'));
          return;
        }
        stopWaiting();
        timer.start('headers', options.headersTimeoutMs);
      },
      onResponseStart(_controller, status, headers) {
        if (isOver || status < 200) return;
        timer.start('idle', options.idleTimeoutMs);
        resolve({ status, headers: plainHeaders(headers), body: queue.body });
      },
      onResponseData(_controller, chunk) {
        timer.refresh();
        queue.push(chunk);
      },
      onResponseEnd() {
        if (finish()) queue.end();
      },
      onResponseError(_controller, cause) {
        if (!finish()) return;
        const error = toTransportError(cause, request.url);
        reject(error);
        queue.fail(error);
      },
    },
  );
  return promise;
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  const plain = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
