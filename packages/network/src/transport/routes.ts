import { lookup } from 'node:dns';
import type { buildConnector, Dispatcher } from 'undici';
import { guardConnector } from '../guard/guarded-connector.ts';
import { createGuardedLookup, type ResolveAll } from '../guard/guarded-lookup.ts';
import { judgeHost } from '../guard/judge-host.ts';
import { blockedError } from '../guard/blocked-error.ts';
import { parseProxy, type Proxy } from '../proxy/parse-proxy.ts';
import { proxyConnector } from '../proxy/proxy-connector.ts';
import { tunnelConnector } from '../proxy/tunnel-connector.ts';
import type { ConnectionTracker } from './connection-tracker.ts';
import { startConnecting, type Connector } from './connector.ts';
import { createDispatcherPool } from './dispatcher-pool.ts';
import type { ReadBuffers } from './read-buffers.ts';
import type { SocketOptions } from './socket-options.ts';
import type { UndiciParts } from './undici-parts.ts';

/** How one request goes out. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** The proxy that is asked for the whole URL, for plain http: https goes through a tunnel. */
  readonly forwarder: Proxy | undefined;
}

/** What tells routes apart. */
export interface RouteRequest {
  readonly url: URL;
  /** URL of the proxy. */
  readonly proxy: string | undefined;
  readonly http2: boolean;
  readonly privateAddresses: 'allow' | 'refuse';
}

/** What {@link createRoutes} works with. */
export interface RoutesOptions {
  readonly undici: UndiciParts;
  readonly tracker: ConnectionTracker;
  readonly socket: SocketOptions;
  readonly readBuffers: ReadBuffers;
  readonly keepAliveMs: number;
  /** How names are looked up for requests without a right to private addresses. @default that of the system */
  readonly resolve?: ResolveAll;
}

/** The ways out of this machine. */
export interface Routes {
  /**
   * The way for a request. Connections are shared only by requests with the same proxy, HTTP version and right to
   * private addresses.
   *
   * @throws `network.blocked`, and `core.invalid-argument` for a proxy that is none
   */
  find(request: RouteRequest): Route;
  destroy(): Promise<void>;
}

/** Makes the ways out. */
export function createRoutes(options: RoutesOptions): Routes {
  const { undici, tracker, socket, readBuffers, keepAliveMs } = options;
  const guardedLookup = createGuardedLookup(options.resolve ?? lookup);
  const dispatchers = createDispatcherPool();
  const tlsConnector = (http2: boolean, guarded = false): buildConnector.connector =>
    undici.buildConnector({
      ...socket,
      allowH2: http2,
      preferH2: http2,
      timeout: 0,
      // Large bodies come over connections of HTTP/1.1 that are asked for.
      ...(http2 ? {} : { onread: readBuffers.onread }),
      ...(guarded ? { lookup: guardedLookup } : {}),
    });
  const agent = (http2: boolean, connect: Connector): Dispatcher =>
    new undici.Agent({ allowH2: http2, keepAliveTimeout: keepAliveMs, connect: tracker.watch(connect) });

  const direct = ({ http2, privateAddresses }: RouteRequest): Dispatcher =>
    dispatchers.get(`direct ${http2} ${privateAddresses}`, () => {
      if (privateAddresses === 'refuse') return agent(http2, guardConnector(tlsConnector(http2, true)));
      const connect = tlsConnector(http2);
      return agent(http2, (options, callback) => startConnecting(connect, options, callback));
    });
  const proxied = ({ url, http2 }: RouteRequest, proxyUrl: string, proxy: Proxy): Route => {
    if (url.protocol === 'http:') {
      const make = (): Dispatcher => agent(false, proxyConnector(proxy, tlsConnector(false)));
      return { dispatcher: dispatchers.get(`forward ${proxyUrl}`, make), forwarder: proxy };
    }
    const make = (): Dispatcher => agent(http2, tunnelConnector({ proxy, socket, secure: tlsConnector(http2) }));
    return { dispatcher: dispatchers.get(`tunnel ${http2} ${proxyUrl}`, make), forwarder: undefined };
  };

  return {
    find(request) {
      if (request.privateAddresses === 'refuse') {
        const block = judgeHost(request.url.hostname);
        if (block !== undefined) throw blockedError(request.url, block);
      }
      if (request.proxy === undefined) return { dispatcher: direct(request), forwarder: undefined };
      return proxied(request, request.proxy, parseProxy(request.proxy));
    },
    destroy: () => dispatchers.destroy(),
  };
}
