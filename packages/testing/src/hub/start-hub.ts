import type { IncomingMessage } from 'node:http';
import { systemClock } from '@modelkeep/core';
import { createFaultBox } from '../faults/fault-box.ts';
import { hostInUrl, startServer, type OriginServer } from './http/origin-server.ts';
import { createRequestLog } from './http/request-log.ts';
import { cdnAnswer, hubAnswer, type HubState } from './hub-answers.ts';
import type { HubOptions, Pace } from './hub-options.ts';
import type { LocalHub } from './local-hub.ts';
import { createRateLimiter } from './protocol/rate-limit.ts';
import { createUrlSigner } from './protocol/signed-url.ts';
import { createRepoRegistry } from './repo/repo-registry.ts';
import { repoControls } from './repo-controls.ts';
import { serveExchange, type ServeContext } from './serve-exchange.ts';

function stateOf(options: HubOptions): HubState {
  const { clock = systemClock, rateLimit = {}, signedUrlSeconds = 3600 } = options;
  return {
    registry: createRepoRegistry(),
    signer: createUrlSigner({ validSeconds: signedUrlSeconds, clock }),
    limiter: rateLimit === 'off' ? null : createRateLimiter(rateLimit, clock),
    tokens: options.tokens ?? 'any',
    behaviour: {
      pageSize: options.pageSize ?? 1000,
      gitFiles: options.gitFiles ?? 'redirect',
      linkedSizeOnGitFiles: options.linkedSizeOnGitFiles ?? false,
      gzip: options.gzip ?? 'when-accepted',
    },
  };
}

/** The name by which a client reached a server, without the port. */
function hostOf({ headers }: IncomingMessage, fallback: string): string {
  const host = headers.host ?? '';
  return /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/i.test(host) ? host.replace(/:\d+$/, '') : fallback;
}

/**
 * Starts a hub on two ports of the loopback address.
 *
 * @example
 * ```ts
 * import { startHub } from '@modelkeep/testing';
 *
 * const config = new TextEncoder().encode('{}');
 * await using hub = await startHub({
 *   repos: [{ id: 'acme/tiny', files: [{ path: 'config.json', content: config }] }],
 * });
 * const answer = await fetch(`${hub.hubUrl}/acme/tiny/resolve/main/config.json`);
 * ```
 *
 * @throws `core.invalid-argument` for repos with the same id or path; the system's error when a port is taken
 */
export async function startHub(options: HubOptions = {}): Promise<LocalHub> {
  const { clock = systemClock, host = '127.0.0.1' } = options;
  const state = stateOf(options);
  const controls = repoControls(state.registry, { lazyHashing: options.lazyHashing ?? false });
  for (const definition of options.repos ?? []) await controls.load(definition);

  const log = createRequestLog();
  const faults = createFaultBox();
  let pace: Pace = options;
  /** A client that came by another name of this machine is sent on by that name. */
  const addressOf = (request: IncomingMessage, port: number): string =>
    `http://${hostOf(request, hostInUrl(host))}:${port}`;
  const context: ServeContext = { log, faults, pace: () => pace, now: () => clock.now() };

  const cdn = await startServer({
    host,
    port: options.cdnPort ?? 0,
    handle: (exchange) =>
      serveExchange(exchange, context, {
        origin: 'cdn',
        originUrl: addressOf(exchange.request, cdn.port),
        answer: () => cdnAnswer(exchange.request, state),
      }),
  });
  const hub: OriginServer = await startServer({
    host,
    port: options.port ?? 0,
    handle: (exchange) => {
      const addresses = {
        hubUrl: addressOf(exchange.request, hub.port),
        cdnUrl: addressOf(exchange.request, cdn.port),
      };
      return serveExchange(exchange, context, {
        origin: 'hub',
        originUrl: addresses.hubUrl,
        answer: () => hubAnswer(exchange.request, state, addresses),
      });
    },
  }).catch(async (error: unknown) => {
    await cdn.close();
    throw error;
  });

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= Promise.all([hub.close(), cdn.close()]).then(() => undefined));
  return {
    hubUrl: hub.url,
    cdnUrl: cdn.url,
    requests: log.records,
    resetRequests: () => log.reset(),
    faults,
    setPace: (next) => {
      pace = next;
    },
    ...controls.methods,
    close,
    [Symbol.asyncDispose]: close,
  };
}
