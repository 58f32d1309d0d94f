import type { HttpRequest } from '@modelkeep/core';
import type { Dispatcher } from 'undici';
import type { Proxy } from '../proxy/parse-proxy.ts';

/** A request as undici takes it. A proxy that forwards gets the whole URL as the target (RFC 9112, 3.2.2). */
export function dispatchOptions(
  request: HttpRequest,
  url: URL,
  forwarder: Proxy | undefined,
): Dispatcher.DispatchOptions {
  const path = `${url.pathname}${url.search}`;
  const shared = {
    method: request.method,
    body: request.body ?? null,
    // The limits of the exchange are its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (forwarder === undefined) return { ...shared, origin: url.origin, path, headers: { ...request.headers } };
  return {
    ...shared,
    origin: forwarder.origin,
    path: `${url.origin}${path}`,
    headers: {
      ...request.headers,
      host: url.host,
      ...(forwarder.authorization === undefined ? {} : { 'proxy-authorization': forwarder.authorization }),
    },
  };
}
