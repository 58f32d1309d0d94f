import type { BodyEnd, HttpRequest, HttpResponse, MinimumRate } from '@modelkeep/core';
import type { Dispatcher } from 'undici';
import { ProxyProblem } from '../proxy/proxy-problem.ts';
import { bodyBytes, plainHeaders } from './answer-headers.ts';
import { createBodyQueue } from './body-queue.ts';
import type { ConnectionTracker } from './connection-tracker.ts';
import { createPhaseTimer } from './phase-timer.ts';
import { createRateWatch } from './rate-watch.ts';
import { dispatchOptions } from './dispatch-options.ts';
import type { ReadBuffers } from './read-buffers.ts';
import type { Route } from './routes.ts';
import { readStraight, type StraightBody } from './straight-reads.ts';
import { timeoutError, toTransportError } from './transport-error.ts';

/** The time limits of an exchange; 0 means none. */
export interface ExchangeLimits {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly minimumRate: MinimumRate;
}

/** What one exchange needs. */
export interface ExchangeOptions {
  readonly route: Route;
  readonly tracker: ConnectionTracker;
  readonly readBuffers: ReadBuffers;
  readonly request: HttpRequest;
  readonly limits: ExchangeLimits;
}

/**
 * With so much of a body still to come its connection is worth giving up: undici, which has not seen the end, cannot use
 * it again.
 */
const MIN_STRAIGHT_BYTES = 32 * 1024 * 1024;

/** Sends one request over undici's dispatcher and answers when the final headers are there. */
export function exchange(options: ExchangeOptions): Promise<HttpResponse> {
  const { request, route, tracker, limits, readBuffers } = options;
  const url = new URL(request.url);
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const { promise: ended, resolve: tellEnd } = Promise.withResolvers<BodyEnd>();
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  /** Bytes of the body that are still to come; undefined where the answer does not say. */
  let missingBytes: number | undefined;
  let straight: StraightBody | undefined;

  const stopWaiting = tracker.wait(route.forwarder?.origin ?? url.origin);
  const onTimeout = (phase: Parameters<typeof timeoutError>[1], timeoutMs: number): void =>
    abandon(timeoutError(request.url, phase, timeoutMs));
  const timer = createPhaseTimer(onTimeout);
  const totalTimer = createPhaseTimer(onTimeout);
  const rate = createRateWatch(limits.minimumRate, () => onTimeout('rate', limits.minimumRate.windowMs));
  const queue = createBodyQueue({
    pause() {
      timer.stop();
      rate.pause();
      (straight ?? controller)?.pause();
    },
    resume() {
      timer.start('idle', limits.idleTimeoutMs);
      rate.resume();
      (straight ?? controller)?.resume();
    },
    release: () => abandon(undefined),
    drop: readBuffers.giveBack,
  });

  /** Lets go of everything but the bytes that are buffered. Only the first call counts. */
  const finish = (end: BodyEnd): boolean => {
    if (isOver) return false;
    isOver = true;
    straight?.close();
    tellEnd(end);
    timer.stop();
    totalTimer.stop();
    rate.stop();
    stopWaiting();
    request.signal?.removeEventListener('abort', onAbort);
    return true;
  };
  /** Ends the exchange from the other side. */
  const fail = (cause: unknown): void => {
    const error = toTransportError(cause, request.url);
    if (!finish({ kind: 'failed', error })) return;
    reject(error);
    queue.fail(error);
  };
  /** Ends the exchange from our side: the connection is destroyed. */
  const abandon = (error: unknown): void => {
    const isLeft = error === undefined || request.signal?.aborted === true;
    if (!finish(isLeft ? { kind: 'left' } : { kind: 'failed', error })) return;
    reject(error);
    queue.fail(error);
    controller?.abort(new Error('The exchange was abandoned'));
  };
  const onRead = (lengthBytes: number): void => {
    timer.refresh();
    rate.count(lengthBytes);
    if (missingBytes !== undefined) missingBytes -= lengthBytes;
  };
  const onStraightEnd = (): void => {
    if (!finish({ kind: 'complete' })) return;
    queue.end();
    controller?.abort(new Error('The body came past undici, to its end'));
  };
  const onAbort = (): void => {
    const reason: unknown = request.signal?.reason;
    queue.abort(reason);
    abandon(reason);
  };

  request.signal?.addEventListener('abort', onAbort, { once: true });
  timer.start('connect', limits.connectTimeoutMs);
  totalTimer.start('total', limits.totalTimeoutMs);
  route.dispatcher.dispatch(dispatchOptions(request, url, route.forwarder), {
    onRequestStart(started) {
      controller = started;
      if (isOver) {
        started.abort(new Error('The exchange was abandoned'));
        return;
      }
      stopWaiting();
      timer.start('headers', limits.headersTimeoutMs);
    },
    onResponseStart(started, status, headers) {
      if (isOver || status < 200) return;
      if (status === 407 && route.forwarder !== undefined) {
        fail(new ProxyProblem(route.forwarder, { status }));
        started.abort(new Error('The proxy refused'));
        return;
      }
      timer.start('idle', limits.idleTimeoutMs);
      rate.start();
      missingBytes = bodyBytes(headers);
      resolve({ status, headers: plainHeaders(headers), body: queue.body, ended, giveBack: readBuffers.giveBack });
    },
    onResponseData(_controller, chunk) {
      onRead(chunk.byteLength);
      const socket = readBuffers.lend(chunk);
      queue.push(chunk);
      if (isOver || socket === undefined || queue.isPaused || (missingBytes ?? 0) < MIN_STRAIGHT_BYTES) return;
      const rest = { socket, readBuffers, missingBytes: missingBytes ?? 0 };
      straight = readStraight({ ...rest, onRead, onChunk: queue.push, onEnd: onStraightEnd });
    },
    onResponseEnd() {
      if (finish({ kind: 'complete' })) queue.end();
    },
    onResponseError(_controller, cause) {
      fail(cause);
    },
  });
  return promise;
}
