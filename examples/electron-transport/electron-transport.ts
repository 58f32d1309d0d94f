import type { HttpHeaders, HttpRequest, HttpResponse, HttpTransport } from '@modelkeep/core';
import { electronBody } from './electron-body.ts';
import { connectionError, timeoutError } from './electron-errors.ts';
import type { ElectronNet, ElectronResponse } from './electron-net.ts';

/**
 * A transport over Electron's `net`: Chromium's proxies, certificates and connections instead of undici's. To be used in
 * the main process or a utility process, once the app is ready.
 */
export function createElectronTransport(net: ElectronNet): HttpTransport {
  return { send: async (request) => exchange(net, request) };
}

function exchange(net: ElectronNet, request: HttpRequest): Promise<HttpResponse> {
  request.signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const { url, signal, idleTimeoutMs = 30_000, totalTimeoutMs = 0 } = request;
  // Electron does not tell when a connection is made: both times are one.
  const headersTimeoutMs = (request.connectTimeoutMs ?? 10_000) + (request.headersTimeoutMs ?? 30_000);
  let ended: { readonly error: unknown } | undefined;

  const electron = net.request({
    method: request.method,
    url,
    headers: { ...request.headers },
    redirect: 'manual',
    credentials: 'omit',
    cache: 'no-store',
  });
  const end = (error: unknown): void => {
    ended ??= { error };
    reject(error);
    release();
    electron.abort();
  };
  const onAbort = (): void => end(signal?.reason);
  const headersTimer = setTimeout(() => end(timeoutError(url, 'headers', headersTimeoutMs)), headersTimeoutMs);
  const totalTimer =
    totalTimeoutMs > 0 ? setTimeout(() => end(timeoutError(url, 'total', totalTimeoutMs)), totalTimeoutMs) : undefined;
  const release = (): void => {
    clearTimeout(headersTimer);
    clearTimeout(totalTimer);
    signal?.removeEventListener('abort', onAbort);
  };

  signal?.addEventListener('abort', onAbort, { once: true });
  electron.on('redirect', (status: number, _method: string, target: string, headers: Record<string, string[]>) => {
    release();
    resolve({ status, headers: { location: target, ...plainHeaders(headers) }, body: noBody() });
    // Not following ends the request; without this it would end with an error.
    electron.abort();
  });
  electron.on('response', (response: ElectronResponse) => {
    clearTimeout(headersTimer);
    const body = electronBody({
      response,
      idleTimeoutMs,
      onIdle: () => end(timeoutError(url, 'idle', idleTimeoutMs)),
      onOver() {
        release();
        electron.abort();
      },
      endedBy: () => ended,
      toError: (cause) => connectionError(cause, url),
    });
    resolve({ status: response.statusCode, headers: plainHeaders(response.headers), body });
  });
  electron.on('error', (error) => {
    reject(connectionError(error, url));
    release();
  });
  electron.end(typeof request.body === 'string' ? request.body : request.body && Buffer.from(request.body));
  return promise;
}

function plainHeaders(headers: Readonly<Record<string, string | readonly string[]>>): HttpHeaders {
  const plain = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    plain[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

/** Electron gives the headers of a redirect, and nothing of its body. */
async function* noBody(): AsyncGenerator<Uint8Array, undefined> {}
