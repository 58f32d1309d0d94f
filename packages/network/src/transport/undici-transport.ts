import type { HttpTransport } from '@modelkeep/core';
import type { Agent } from 'undici';
import { createConnectionTracker } from './connection-tracker.ts';
import { exchange } from './exchange.ts';
import { closedError } from './transport-error.ts';

/** Times and connections of {@link createUndiciTransport}. A request's own times come before these. */
export interface UndiciTransportOptions {
  /** Name look-up, connect and TLS, in milliseconds; 0 means no limit. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** From the request being sent to the answer's headers, in milliseconds; 0 means no limit. @default 30_000 */
  readonly headersTimeoutMs?: number | undefined;
  /** Longest silence within a body that is being read, in milliseconds; 0 means no limit. @default 30_000 */
  readonly idleTimeoutMs?: number | undefined;
  /** How long an unused connection is kept, in milliseconds. It never keeps the process alive. @default 4_000 */
  readonly keepAliveMs?: number | undefined;
}

/** A transport with connections of its own. */
export interface UndiciTransport extends HttpTransport, AsyncDisposable {
  /** Ends every exchange with `core.closed` and destroys the connections. */
  close(): Promise<void>;
}

/**
 * The transport over undici: HTTP/1.1 with keep-alive. undici is imported when the first request is sent.
 *
 * It never follows a redirect, retries or decodes. An abort rejects at once with `signal.reason` and destroys the
 * connection, as does the early end of a body's iteration.
 *
 * `send` @throws `network.timeout` (with the phase), `network.offline`, `network.connection` (with the system's code),
 * `core.closed`; a body's iterator throws the same.
 */
export function createUndiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  const tracker = createConnectionTracker();
  let agent: Promise<Agent> | undefined;
  let isClosed = false;

  const startAgent = async (): Promise<Agent> => {
    const undici = await import('undici');
    return new undici.Agent({
      allowH2: false,
      keepAliveTimeout: options.keepAliveMs ?? 4_000,
      connect: tracker.watch(undici.buildConnector({ allowH2: false, timeout: 0 })),
    });
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    const started = await agent;
    const destroyed = started?.destroy();
    tracker.destroyAll();
    await destroyed;
  };

  return {
    async send(request) {
      if (isClosed) throw closedError('HTTP transport');
      request.signal?.throwIfAborted();
      agent ??= startAgent();
      const dispatcher = await agent;
      if (isClosed) throw closedError('HTTP transport');
      request.signal?.throwIfAborted();
      return exchange({
        dispatcher,
        tracker,
        request,
        connectTimeoutMs: request.connectTimeoutMs ?? options.connectTimeoutMs ?? 10_000,
        headersTimeoutMs: request.headersTimeoutMs ?? options.headersTimeoutMs ?? 30_000,
        idleTimeoutMs: request.idleTimeoutMs ?? options.idleTimeoutMs ?? 30_000,
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
