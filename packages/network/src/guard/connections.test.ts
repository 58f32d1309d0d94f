import { connect } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';
import { bytesOf } from '../fixtures/test-transports.ts';
import { createConnectionTracker } from '../transport/connection-tracker.ts';
import { exchange } from '../transport/exchange.ts';
import { createReadBuffers } from '../transport/read-buffers.ts';
import { createRoutes, type Routes } from '../transport/routes.ts';
import { guardConnector } from './guarded-connector.ts';
import type { ResolveAll } from './guarded-lookup.ts';

const limits = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 5_000,
  idleTimeoutMs: 5_000,
  totalTimeoutMs: 0,
  minimumRate: { bytesPerSecond: 0, windowMs: 0 },
};
const tracker = createConnectionTracker();
const opened: Routes[] = [];
afterEach(async () => {
  for (const routes of opened.splice(0)) await routes.destroy();
});

/** Sends over routes whose names resolve to these addresses, one list for each look-up. */
function sender(...answers: readonly string[][]): {
  readonly get: (url: string, family?: 4) => Promise<string>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const readBuffers = createReadBuffers();
  const resolve: ResolveAll = (hostname, _options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    if (addresses.length === 0) callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    else
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };
  const make = (family?: 4): Routes => {
    const socket = { autoSelectFamily: true, ...(family === undefined ? {} : { family }) };
    const undici = { Agent, buildConnector };
    const routes = createRoutes({ undici, tracker, readBuffers, socket, keepAliveMs: 1, resolve });
    opened.push(routes);
    return routes;
  };
  const routes = make();
  return {
    asked,
    async get(url, family) {
      const route = (family === undefined ? routes : make(family)).find({
        url: new URL(url),
        proxy: undefined,
        http2: true,
        privateAddresses: 'refuse',
      });
      const response = await exchange({
        route,
        tracker,
        readBuffers,
        limits,
        request: { method: 'GET', url, headers: {} },
      });
      return (await bytesOf(response)).toString();
    },
  };
}

describe('the look-up', () => {
  it.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['fe80::1%lo']],
    [['93.184.216.34', '127.0.0.1']],
    [['2606:4700::1', '::1']],
  ])('refuses a name when one of its addresses is not public: %j', async (addresses) => {
    await using server = await startServer((_request, response) => response.end('reached'));
    const { port } = new URL(server.origin);
    const { get, asked } = sender(addresses);
    for (const scheme of ['http', 'https']) {
      const error = await caught('network.blocked', get(`${scheme}://rebound.example:${port}/x?token=secret`));
      expect(error.facts).toMatchObject({
        url: `${scheme}://rebound.example:${port}/x?…`,
        address: addresses.at(-1),
      });
    }
    await caught('network.blocked', get(`http://rebound.example:${port}/`, 4));
    expect([asked.length, server.connectionCount.value]).toEqual([3, 0]);
  });

  it('judges each time that it connects', async () => {
    // The first answer is public, and nobody is there; the second one is what a rebinding server gives next.
    const { get, asked } = sender([], ['127.0.0.1']);
    await caught('network.offline', get('http://rebound.example/'));
    await caught('network.blocked', get('http://rebound.example/'));
    expect(asked).toHaveLength(2);
  });
});

describe('the peer', () => {
  it.each(['http:', 'https:'])('is judged before a word is said to it, over %s', async (protocol) => {
    const received: Buffer[] = [];
    await using server = await startTcpServer((socket) => socket.on('data', (data: Buffer) => received.push(data)));
    const { port } = new URL(server.origin);
    // A look-up that lies: the guard has judged another address than the one that is connected to.
    const connector = guardConnector(
      buildConnector({
        timeout: 0,
        lookup: (_hostname, options, callback) => {
          if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
          else callback(null, '127.0.0.1', 4);
        },
      }),
    );
    const agent = new Agent({ connect: (options, callback) => void connector(options, callback) });
    const origin = `${protocol}//public.example:${port}`;
    const error = await agent.request({ origin, path: '/', method: 'GET' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ block: { address: '127.0.0.1', reason: 'loopback' } });
    await until(() => server.openConnections() === 0);
    expect(received).toEqual([]);
    await agent.destroy();
  });

  it('is no problem when it is gone already', async () => {
    const connector = guardConnector((options, callback) => {
      const socket = connect({ host: '127.0.0.1', port: Number(options.port) });
      socket.on('error', (error) => callback(error, null));
      return socket;
    });
    const server = await startTcpServer(() => {});
    await server[Symbol.asyncDispose]();
    const error = await new Promise((resolve) => {
      const { hostname, port, protocol } = new URL(server.origin);
      connector({ hostname, port, protocol }, (...result) => resolve(result[0]));
    });
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
