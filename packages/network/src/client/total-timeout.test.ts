import { expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer } from '../fixtures/test-server.ts';
import { createHttpClient } from './create-http-client.ts';

it('covers all attempts and waits: one that would end too late fails at once', async () => {
  await using server = await startServer((_request, response) => response.writeHead(503).end());
  const clock = createTestClock();
  await using http = createHttpClient({ clock, privateOrigins: 'all', random: () => 1, retry: { attempts: 10 } });
  const error = await caught(
    'network.timeout',
    http.request({ url: `${server.origin}/x?token=secret`, timeouts: { totalTimeoutMs: 4_000 } }),
  );
  expect(error.facts).toEqual({ url: `${server.origin}/x?…`, phase: 'total', timeoutMs: 4_000 });
  expect([clock.sleeps, server.requests.length]).toEqual([[500, 1_000, 2_000], 4]);
});

it('is over before a request that comes after it', async () => {
  await using server = await startServer((request, response) => {
    clock.advance(60);
    response.writeHead(302, { location: `/${request.url?.length}${request.url}` }).end();
  });
  const clock = createTestClock();
  await using http = createHttpClient({ clock, privateOrigins: 'all', timeouts: { totalTimeoutMs: 100 } });
  await caught('network.timeout', http.request({ url: server.origin }));
  expect(server.requests).toHaveLength(2);
});

it('covers the body, is not tried again, and has no limit by default', async () => {
  await using server = await startServer((_request, response) => {
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
    setTimeout(() => response.end('done'), 400);
  });
  await using http = createHttpClient({ privateOrigins: 'all' });
  const error = await caught('network.timeout', http.text({ url: server.origin, timeouts: { totalTimeoutMs: 150 } }));
  expect([error.facts.phase, server.requests.length]).toEqual(['total', 1]);
  expect((await http.text({ url: server.origin })).text).toContain('done');
});

it('hands the other limits to the transport', async () => {
  const minimumRate = { bytesPerSecond: 5, windowMs: 1_000 };
  const seen: unknown[] = [];
  await using http = createHttpClient({
    http2: false,
    timeouts: { minimumRate },
    transport: {
      async send({ totalTimeoutMs, minimumRate: rate, http2 }) {
        seen.push([totalTimeoutMs, rate, http2]);
        return { status: 204, headers: {}, body: (async function* () {})() };
      },
    },
  });
  await http.request({ url: 'https://hub.example/' });
  await http.request({
    url: 'https://hub.example/',
    http2: true,
    timeouts: { minimumRate: { bytesPerSecond: 0, windowMs: 0 } },
  });
  expect(seen).toEqual([
    [undefined, minimumRate, false],
    [undefined, { bytesPerSecond: 0, windowMs: 0 }, true],
  ]);
});
