import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, type TestServer } from '../fixtures/test-server.ts';

const client = (options: Parameters<typeof createHttpClient>[0] = {}): ReturnType<typeof createHttpClient> =>
  createHttpClient({ clock: createTestClock(), ...options });

/** A server that redirects everything to there. */
const redirecting = (location: string): Promise<TestServer> =>
  startServer((_request, response) => response.writeHead(302, { location }).end());

/** The target as another name of the same machine. */
const asLocalhost = (origin: string): string => origin.replace('127.0.0.1', 'localhost');

describe('privateOrigins', () => {
  it('grants the exact origin, in whatever form it is written, and nothing else', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    await using other = await startServer((_request, response) => response.end('x'));
    const { port } = new URL(server.origin);
    await using http = client({ privateOrigins: [`http://127.1:${port}/some/path`, 'https://10.0.0.1'] });
    expect((await http.text({ url: `${server.origin}/a` })).text).toBe('x');
    expect((await http.text({ url: `http://2130706433:${port}/a` })).text).toBe('x');
    for (const url of [other.origin, asLocalhost(server.origin), `https://127.0.0.1:${port}`, 'http://10.0.0.1/']) {
      await caught('network.blocked', http.text({ url }));
    }
    expect([server.connectionCount.value > 0, other.connectionCount.value]).toEqual([true, 0]);
  });

  it('grants everything when that is asked for, and nothing when nothing is', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    await using open = client({ privateOrigins: 'all' });
    expect((await open.text({ url: asLocalhost(server.origin) })).text).toBe('x');
    await using closed = client();
    for (const method of ['request', 'json', 'text'] as const) {
      const error = await caught('network.blocked', closed[method]({ url: `${server.origin}/x?token=secret` }));
      expect(error.facts).toEqual({ url: `${server.origin}/x?…`, address: '127.0.0.1', reason: 'loopback' });
    }
    expect(server.requests).toHaveLength(1);
  });

  it.each(['127.0.0.1:80', 'ftp://127.0.0.1', '', '*'])('refuses what is no origin: %j', (text) => {
    expect(() => client({ privateOrigins: ['http://10.0.0.1', text] })).toThrow(
      expect.objectContaining({ code: 'core.invalid-argument', facts: { argument: 'privateOrigins[1]', found: text } }),
    );
  });

  it('is asked of a transport of the embedder as far as hosts go', async () => {
    const sent: string[] = [];
    await using http = client({
      privateOrigins: ['http://10.0.0.1:8080'],
      transport: {
        async send({ url, privateAddresses }) {
          sent.push(`${privateAddresses} ${url}`);
          return { status: 204, headers: {}, body: (async function* () {})() };
        },
      },
    });
    await http.request({ url: 'http://10.0.0.1:8080/' });
    await http.request({ url: 'https://hub.example/' });
    await caught('network.blocked', http.request({ url: 'http://10.0.0.1/' }));
    await caught('network.blocked', http.request({ url: 'http://printer.local/' }));
    expect(sent).toEqual(['allow http://10.0.0.1:8080/', 'refuse https://hub.example/']);
  });
});

describe('redirects', () => {
  it('may lead from a granted origin to another port of the same host, from there on too', async () => {
    await using last = await startServer((_request, response) => response.end('there'));
    await using middle = await redirecting(last.origin);
    await using first = await redirecting(middle.origin);
    await using http = client({ privateOrigins: [first.origin] });
    expect((await http.text({ url: first.origin })).text).toBe('there');
    await caught('network.blocked', http.text({ url: middle.origin }));
  });

  it('may not lead from a granted origin to another host of the private network', async () => {
    await using target = await startServer((_request, response) => response.end('reached'));
    await using first = await redirecting(asLocalhost(target.origin));
    await using http = client({ privateOrigins: [first.origin] });
    const error = await caught('network.blocked', http.text({ url: first.origin }));
    expect(error.facts).toMatchObject({ address: 'localhost', reason: 'local-name' });
    expect(target.connectionCount.value).toBe(0);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://metadata.google.internal/',
    '//192.168.0.1/',
    'http://[fd00:ec2::254]/',
  ])('may not lead from the outside to %s', async (location) => {
    let asked = 0;
    await using http = client({
      privateOrigins: ['http://192.168.0.1:8080'],
      transport: {
        async send() {
          asked += 1;
          return { status: 302, headers: { location }, body: (async function* () {})() };
        },
      },
    });
    await caught('network.blocked', http.text({ url: 'http://hub.example/' }));
    expect(asked).toBe(1);
  });

  it('of an earlier request count for one that goes on from where they led to', async () => {
    await using target = await startServer((_request, response) => response.end('there'));
    await using http = client({ privateOrigins: ['http://127.0.0.1:1'] });
    const redirectedFrom = ['http://127.0.0.1:1/start'];
    expect((await http.text({ url: target.origin, redirectedFrom })).text).toBe('there');
    for (const request of [
      { url: target.origin, redirectedFrom: ['https://hub.example/', 'http://127.0.0.1:2/'] },
      { url: asLocalhost(target.origin), redirectedFrom },
    ]) {
      await caught('network.blocked', http.text(request));
    }
    expect(target.requests).toHaveLength(1);
  });

  it('of an earlier attempt grant nothing to the next one', async () => {
    await using target = await startServer((_request, response) => response.writeHead(503).end());
    await using first = await startServer((_request, response, number) => {
      const location = number === 1 ? target.origin : asLocalhost(target.origin);
      response.writeHead(302, { location }).end();
    });
    await using http = client({ privateOrigins: [first.origin] });
    await caught('network.blocked', http.text({ url: first.origin }));
    expect(target.requests).toHaveLength(1);
  });
});
