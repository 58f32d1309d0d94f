import { ModelkeepError, type HttpResponse, type HttpTransport } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import type { HttpClientOptions } from '../client/http-client-options.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';

const setup = (options: HttpClientOptions = {}) => {
  const clock = createTestClock();
  const http = createHttpClient({ clock, privateOrigins: 'all', retry: { attempts: 1 }, ...options });
  return { clock, http };
};
const repeat = async (count: number, act: () => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < count; index += 1) await act();
};

describe('what counts as a failure', () => {
  it.each([500, 502, 503, 504])('status %s', async (status) => {
    await using server = await startServer((_request, response) => response.writeHead(status).end('x'));
    const { http } = setup();
    await repeat(10, () => http.text({ url: server.origin }));
    expect(http.isCircuitOpen(server.origin)).toBe(true);
    const error = await caught('network.circuit-open', http.text({ url: server.origin }));
    expect(error.facts).toMatchObject({ endpointClass: 'api', retryAfterMs: 15_000 });
    expect(server.requests).toHaveLength(10);
    await http.close();
  });

  it('a connection that breaks, and one that is refused', async () => {
    await using server = await startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { http } = setup();
    await repeat(10, () => caught('network.connection', http.request({ url: server.origin })));
    await caught('network.circuit-open', http.request({ url: server.origin }));
    await http.close();
  });

  it('headers that do not come', async () => {
    await using server = await startServer(() => {});
    const { http } = setup();
    const ask = () => http.request({ url: server.origin, timeouts: { headersTimeoutMs: 20 } });
    await repeat(10, () => caught('network.timeout', ask()));
    await caught('network.circuit-open', ask());
    await http.close();
  });

  it.each(['text', 'json', 'request'] as const)('a body that breaks off after good headers, of %s', async (method) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000, 'content-type': 'application/json' });
      response.write('{"a":', () => setTimeout(() => response.destroy(), 5));
    });
    const { http } = setup();
    const ask = async (): Promise<void> => {
      const answer = await http[method]({ url: server.origin });
      if ('body' in answer) for await (const chunk of answer.body) expect(chunk.byteLength).toBeGreaterThan(0);
    };
    await repeat(10, () => caught('network.connection', ask()));
    await caught('network.circuit-open', ask());
    await http.close();
  });

  it('each attempt of a request', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    const { http } = setup({ retry: { attempts: 5 } });
    await repeat(2, () => http.text({ url: server.origin }));
    expect(http.isCircuitOpen(server.origin)).toBe(true);
    await http.close();
  });
});

describe('what does not', () => {
  it.each([400, 401, 403, 404, 408, 410, 416, 429])('status %s', async (status) => {
    await using server = await startServer((_request, response) => response.writeHead(status).end());
    const { http } = setup();
    await repeat(12, () => http.text({ url: server.origin }));
    expect([http.isCircuitOpen(server.origin), http.circuits.current]).toEqual([false, []]);
    await http.close();
  });

  it('a request or a body that is given up', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/body') response.writeHead(200).write(Buffer.alloc(100_000));
    });
    const { http } = setup();
    await repeat(12, async () => {
      const controller = new AbortController();
      const asked = server.requests.length;
      const call = expect(http.request({ url: server.origin, signal: controller.signal })).rejects.toBe('enough');
      await until(() => server.requests.length > asked);
      controller.abort('enough');
      await call;
    });
    await repeat(12, async () => {
      const controller = new AbortController();
      const answer = await http.request({ url: `${server.origin}/body`, signal: controller.signal });
      controller.abort('enough');
      await expect(answer.body[Symbol.asyncIterator]().next()).rejects.toBe('enough');
    });
    await repeat(12, async () => {
      const answer = await http.request({ url: `${server.origin}/body` });
      for await (const chunk of answer.body) if (chunk.byteLength > 0) break;
    });
    expect(http.isCircuitOpen(server.origin)).toBe(false);
    await http.close();
  });

  it("a caller's limit on the whole time, a certificate, being offline", async () => {
    const url = 'https://hub.example/';
    const failures = [
      new ModelkeepError('network.timeout', { message: 'x', facts: { url, phase: 'total', timeoutMs: 1 } }),
      new ModelkeepError('network.connection', { message: 'x', facts: { url, systemCode: 'CERT_HAS_EXPIRED' } }),
      new ModelkeepError('network.offline', { message: 'x', facts: { url, systemCode: 'ENOTFOUND' } }),
    ];
    let calls = 0;
    const transport: HttpTransport = {
      async send() {
        calls += 1;
        throw failures[calls % 3] ?? new Error('unreachable');
      },
    };
    const { http } = setup({ transport });
    await repeat(36, () => http.request({ url }).catch(() => {}));
    expect([calls, http.isCircuitOpen('https://hub.example')]).toEqual([36, false]);
    await http.close();
  });
});

describe('a client', () => {
  it('asks a server that is well again once, and then as ever', async () => {
    let isWell = false;
    await using server = await startServer((_request, response) => response.writeHead(isWell ? 200 : 503).end('x'));
    const { http, clock } = setup();
    const states: (string | undefined)[] = [];
    http.circuits.subscribe((circuits) => states.push(circuits[0]?.state));
    await repeat(10, () => http.text({ url: server.origin }));
    isWell = true;
    clock.advance(15_000);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_each, index) => http.text({ url: `${server.origin}/${index}` })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await http.text({ url: server.origin })).status).toBe(200);
    expect(states).toEqual(['open', 'half-open', undefined]);
    await http.close();
  });

  it('opens again when its probe is limited or given up', async () => {
    let status = 503;
    await using server = await startServer((_request, response) => response.writeHead(status).end());
    const { http, clock } = setup();
    await repeat(10, () => http.text({ url: server.origin }));
    status = 429;
    clock.advance(15_000);
    await http.text({ url: server.origin });
    await caught('network.circuit-open', http.text({ url: server.origin }));
    await http.close();
  });

  it('counts a redirect to another origin as cdn, and the first origin by what it answered', async () => {
    await using cdn = await startServer((_request, response) => response.writeHead(503).end());
    await using hub = await startServer((_request, response) =>
      response.writeHead(302, { location: `${cdn.origin}/blob` }).end(),
    );
    const { http } = setup();
    const ask = () => http.request({ url: hub.origin, endpointClass: 'resolve' });
    await repeat(10, ask);
    expect([http.isCircuitOpen(hub.origin), http.isCircuitOpen(cdn.origin)]).toEqual([false, true]);
    expect((await caught('network.circuit-open', ask())).facts.endpointClass).toBe('cdn');
    await http.close();
  });

  it('is not stopped by a circuit when it is made without', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    const { http } = setup({ circuitBreaker: false });
    await repeat(20, () => http.text({ url: server.origin }));
    expect([server.requests.length, http.isCircuitOpen(server.origin)]).toEqual([20, false]);
    await http.close();
  });
});

describe('a transport that does not tell how its bodies end', () => {
  const url = 'https://hub.example/';
  const bodies = {
    async *broken() {
      yield Buffer.from('x');
      throw new ModelkeepError('network.connection', { message: 'x', facts: { url, systemCode: 'ECONNRESET' } });
    },
    async *whole() {
      yield Buffer.from('x');
    },
  };
  const transportOf = (kind: keyof typeof bodies): HttpTransport => ({
    send: async (): Promise<HttpResponse> => ({ status: 200, headers: {}, body: bodies[kind]() }),
  });

  it('has them watched', async () => {
    const { http } = setup({ transport: transportOf('broken') });
    await repeat(10, () => caught('network.connection', http.text({ url })));
    await caught('network.circuit-open', http.text({ url }));
    await http.close();
  });

  it('may have a reader that leaves early', async () => {
    const { http } = setup({ transport: transportOf('broken') });
    await repeat(12, async () => {
      for await (const chunk of (await http.request({ url })).body) if (chunk.byteLength > 0) break;
    });
    expect(http.isCircuitOpen('https://hub.example')).toBe(false);
    await http.close();
  });

  it('has its successes counted', async () => {
    const { http } = setup({ transport: transportOf('whole') });
    await repeat(12, () => http.text({ url }));
    expect((await http.text({ url })).text).toBe('x');
    await http.close();
  });
});
