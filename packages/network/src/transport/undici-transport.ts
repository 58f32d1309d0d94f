import type { HttpTransport, MinimumRate } from '@modelkeep/core';
import { createConnectionTracker } from './connection-tracker.ts';
import { exchange } from './exchange.ts';
import { createReadBuffers } from './read-buffers.ts';
import { createRoutes, type Routes } from './routes.ts';
import { checkCertificateAuthorities, createSocketOptions } from './socket-options.ts';
import { closedError } from './transport-error.ts';
import { importUndici } from './undici-parts.ts';

const DEFAULT_MINIMUM_RATE: MinimumRate = { bytesPerSecond: 1_024, windowMs: 60_000 };

/** Limits and connections of {@link createUndiciTransport}. A request's own limits come before these. */
export interface UndiciTransportOptions {
  /** Name look-up, connect and TLS, in milliseconds; 0 means no limit. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** From the request being sent to the answer's headers, in milliseconds; 0 means no limit. @default 30_000 */
  readonly headersTimeoutMs?: number | undefined;
  /** Longest silence within a body that is being read, in milliseconds; 0 means no limit. @default 30_000 */
  readonly idleTimeoutMs?: number | undefined;
  /** From `send` to the last byte of the body, in milliseconds; 0 means no limit. @default 0 */
  readonly totalTimeoutMs?: number | undefined;
  /** The slowest that a body may come in while it is being read. @default 1_024 bytes a second over 60_000 ms */
  readonly minimumRate?: MinimumRate | undefined;
  /** How long an unused connection is kept, in milliseconds. It never keeps the process alive. @default 4_000 */
  readonly keepAliveMs?: number | undefined;
  /**
   * The proxy for a URL (which is given without its query), such as `http://user:password@proxy.example:3128`, or
   * undefined. http is forwarded, https goes through a tunnel.
   */
  readonly proxyFor?: ((url: string) => string | undefined) | undefined;
  /** Certificates in PEM form that are trusted beside the system's. */
  readonly certificateAuthorities?: readonly string[] | undefined;
  /** Looks up and connects to addresses of this family only. @default both, the faster one wins */
  readonly addressFamily?: 4 | 6 | undefined;
  /** Speaks HTTP/2 where TLS offers it. @default true */
  readonly http2?: boolean | undefined;
}

/** A transport with connections of its own. */
export interface UndiciTransport extends HttpTransport, AsyncDisposable {
  /** Imports undici now, for a request that follows soon. Whether that fails is told by the request. */
  prepare(): void;
  /** Ends every exchange with `core.closed` and destroys the connections. */
  close(): Promise<void>;
}

/**
 * The transport over undici: HTTP/1.1 with keep-alive, HTTP/2, proxies, IPv4 and IPv6. undici is imported when the first
 * request is sent.
 *
 * It never follows a redirect, retries or decodes. An abort rejects at once with `signal.reason` and destroys the
 * connection (with HTTP/2 the stream), as does the early end of a body's iteration. A request whose `privateAddresses`
 * is not `allow` gets no connection to an address that is not public: judged are the host, every address that it is
 * looked up to, and the peer of each connection; through a proxy the host only.
 *
 * `send` @throws `network.timeout` (with the phase), `network.offline`, `network.connection` (with the system's code),
 * `network.proxy`, `network.blocked`, `core.closed`; a body's iterator throws the same.
 *
 * @throws `core.invalid-argument` for a certificate that is none
 */
export function createUndiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  const certificateAuthorities = checkCertificateAuthorities(options.certificateAuthorities ?? []);
  const tracker = createConnectionTracker();
  const readBuffers = createReadBuffers();
  let starting: Promise<Routes> | undefined;
  let isClosed = false;

  const start = async (): Promise<Routes> => {
    return createRoutes({
      undici: await importUndici(),
      tracker,
      readBuffers,
      socket: createSocketOptions({ addressFamily: options.addressFamily, certificateAuthorities }),
      keepAliveMs: options.keepAliveMs ?? 4_000,
    });
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    const routes = await starting;
    const destroyed = routes?.destroy();
    tracker.destroyAll();
    await destroyed;
  };

  const started = (): Promise<Routes> => (starting ??= start());

  return {
    prepare: () => void (isClosed || started().catch(() => {})),
    async send(request) {
      if (isClosed) throw closedError('HTTP transport');
      request.signal?.throwIfAborted();
      const routes = await started();
      if (isClosed) throw closedError('HTTP transport');
      request.signal?.throwIfAborted();
      const url = new URL(request.url);
      const route = routes.find({
        url,
        proxy: options.proxyFor?.(`${url.origin}${url.pathname}`),
        http2: request.http2 ?? options.http2 ?? true,
        privateAddresses: request.privateAddresses ?? 'refuse',
      });
      return exchange({
        route,
        tracker,
        readBuffers,
        request,
        limits: {
          connectTimeoutMs: request.connectTimeoutMs ?? options.connectTimeoutMs ?? 10_000,
          headersTimeoutMs: request.headersTimeoutMs ?? options.headersTimeoutMs ?? 30_000,
          idleTimeoutMs: request.idleTimeoutMs ?? options.idleTimeoutMs ?? 30_000,
          totalTimeoutMs: request.totalTimeoutMs ?? options.totalTimeoutMs ?? 0,
          minimumRate: request.minimumRate ?? options.minimumRate ?? DEFAULT_MINIMUM_RATE,
        },
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
