import { getEventListeners } from 'node:events';
import { ModelkeepError, type HttpResponse } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';
import { createUndiciTransport } from '../transport/undici-transport.ts';

const setup = (options: Parameters<typeof createHttpClient>[0] = {}) => {
  const clock = createTestClock();
  return { clock, http: createHttpClient({ clock, privateOrigins: 'all', random: () => 0.5, ...options }) };
};

describe('retry', () => {
  it.each([408, 429, 500, 502, 503, 504])('sends again after %s, with full jitter', async (status) => {
    await using server = await startServer((_request, response, number) => {
      response.writeHead(number < 3 ? status : 200).end('x');
    });
    const { http, clock } = setup();
    expect((await http.request({ url: server.origin })).status).toBe(200);
    expect([server.requests.length, clock.sleeps]).toEqual([3, [250, 500]]);
    await http.close();
  });

  it.each([400, 401, 403, 404, 410, 501])('takes %s as it is', async (status) => {
    await using server = await startServer((_request, response) => response.writeHead(status).end());
    const { http } = setup();
    expect((await http.request({ url: server.origin })).status).toBe(status);
    expect(server.requests).toHaveLength(1);
    await http.close();
  });

  it('returns the last answer when the attempts are used up, its body readable', async () => {
    await using server = await startServer((_request, response, number) =>
      response.writeHead(503).end(`answer ${number}`),
    );
    const { http } = setup();
    expect(await http.text({ url: server.origin })).toMatchObject({ status: 503, text: 'answer 3' });
    expect(await http.text({ url: server.origin, retry: { attempts: 2 } })).toMatchObject({ text: 'answer 5' });
    expect(await http.text({ url: server.origin, retry: false })).toMatchObject({ text: 'answer 6' });
    await http.close();
  });

  it('caps the random wait', async () => {
    await using server = await startServer((_request, response) => response.writeHead(500).end());
    const { http, clock } = setup({ retry: { attempts: 9 } });
    await http.request({ url: server.origin });
    expect(clock.sleeps).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    await http.close();
  });

  it('sends a POST again that only asks', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    const { http } = setup();
    const answer = await http.request({ method: 'POST', idempotent: true, url: server.origin, body: '{}' });
    expect([answer.status, server.requests.length]).toEqual([503, 3]);
    await http.close();
  });

  it('sends a POST once, whatever happens', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    await using broken = await startTcpServer((socket) => socket.once('data', () => socket.destroy()));
    const { http } = setup();
    expect((await http.request({ method: 'POST', url: server.origin, body: '{}' })).status).toBe(503);
    const error = await caught('network.connection', http.request({ method: 'POST', url: broken.origin, body: '{}' }));
    expect([server.requests.length, error.facts.attempts]).toEqual([1, undefined]);
    await http.close();
  });

  it('connects again after a broken connection and tells the attempts in the end', async () => {
    let connections = 0;
    await using server = await startTcpServer((socket) => {
      connections += 1;
      socket.once('data', () => socket.resetAndDestroy());
    });
    const { http, clock } = setup();
    const error = await caught('network.connection', http.request({ url: server.origin }));
    expect([connections, error.facts.attempts, clock.sleeps.length]).toEqual([3, 3, 2]);
    expect(error.cause).toBeInstanceOf(Error);
    await http.close();
  });

  it('tries again after a timeout', async () => {
    await using server = await startServer((request, response, number) => {
      if (number >= 3 && request.url !== '/never') response.end('x');
    });
    const { http } = setup();
    const slow = http.text({ url: server.origin, timeouts: { headersTimeoutMs: 60 }, retry: { attempts: 20 } });
    expect((await slow).text).toBe('x');
    const never = http.request({ url: `${server.origin}/never`, timeouts: { headersTimeoutMs: 20 } });
    expect((await caught('network.timeout', never)).facts).toMatchObject({
      phase: 'headers',
      timeoutMs: 20,
      attempts: 3,
    });
    await http.close();
  });

  it.each([
    new ModelkeepError('network.offline', {
      message: 'x',
      facts: { url: 'http://hub.example/', systemCode: 'ENOTFOUND' },
    }),
    new ModelkeepError('network.connection', {
      message: 'x',
      facts: { url: 'http://hub.example/', systemCode: 'CERT_HAS_EXPIRED' },
    }),
    new TypeError('a defect of the transport'),
  ])('fails fast: %s', async (failure) => {
    let calls = 0;
    const send = async (): Promise<HttpResponse> => {
      calls += 1;
      throw failure;
    };
    const { http } = setup({ transport: { send } });
    await expect(http.request({ url: 'http://hub.example/' })).rejects.toBe(failure);
    expect(calls).toBe(1);
  });
});

describe('abort', () => {
  const reason = { why: 'not even an Error' };

  it('ends a wait at once with the reason untouched and leaves no listener', async () => {
    await using server = await startServer((_request, response) =>
      response.writeHead(503, { 'retry-after': '500' }).end(),
    );
    await using http = createHttpClient({ privateOrigins: 'all' });
    const controller = new AbortController();
    const outcome = expect(http.request({ url: server.origin, signal: controller.signal })).rejects.toBe(reason);
    await until(() => server.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(reason);
    await outcome;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    await expect(http.request({ url: server.origin, signal: controller.signal })).rejects.toBe(reason);
  });

  it('is not retried when it comes from within an exchange', async () => {
    await using server = await startServer(() => {});
    await using http = createHttpClient({ privateOrigins: 'all' });
    const controller = new AbortController();
    const outcome = expect(http.text({ url: server.origin, signal: controller.signal })).rejects.toBe(reason);
    await until(() => server.requests.length === 1);
    controller.abort(reason);
    await outcome;
    expect(server.requests).toHaveLength(1);
  });
});

describe('close', () => {
  it('ends waits and exchanges, and refuses what comes later', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/wait') response.writeHead(503, { 'retry-after': '500' }).end();
    });
    const http = createHttpClient({ privateOrigins: 'all' });
    const waiting = caught('core.closed', http.request({ url: `${server.origin}/wait` }));
    const hanging = caught('core.closed', http.request({ url: `${server.origin}/hang` }));
    await until(() => server.requests.length === 2);
    await http.close();
    await Promise.all([waiting, hanging]);
    await caught('core.closed', http.request({ url: server.origin }));
    await http.close();
  });

  it('ends what a transport that is not its own has under way', async () => {
    await using server = await startServer(() => {});
    await using transport = createUndiciTransport();
    const http = createHttpClient({ transport, privateOrigins: 'all' });
    const { signal } = new AbortController();
    const calls = [http.request({ url: server.origin }), http.request({ url: server.origin, signal })];
    const ended = calls.map((call) => caught('core.closed', call));
    await until(() => server.requests.length === 2);
    await http.close();
    await Promise.all(ended);
    await until(() => server.openConnections() === 0);
  });

  it('leaves a transport that it was given open', async () => {
    let closed = false;
    const http = createHttpClient({
      transport: {
        send: () => Promise.reject(new Error('unused')),
        close: async () => {
          closed = true;
        },
      },
    });
    await http.close();
    expect(closed).toBe(false);
  });
});
