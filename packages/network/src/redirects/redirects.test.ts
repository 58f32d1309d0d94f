import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, until } from '../fixtures/test-server.ts';

const client = (options: Parameters<typeof createHttpClient>[0] = {}): ReturnType<typeof createHttpClient> =>
  createHttpClient({ clock: createTestClock(), privateOrigins: 'all', ...options });

describe('redirects', () => {
  it('follows relative and absolute ones and tells the hops with their headers', async () => {
    await using cdn = await startServer((_request, response) => response.end('bytes'));
    await using hub = await startServer((request, response) => {
      const location = request.url === '/start' ? '/middle?x=1' : `${cdn.origin}/file?Signature=s`;
      response.writeHead(302, { location, 'x-linked-size': '5', 'content-length': 4 }).end('gone');
    });
    await using http = client();
    const { text, url, hops } = await http.text({ url: `${hub.origin}/start` });
    expect([text, url]).toEqual(['bytes', `${cdn.origin}/file?Signature=s`]);
    expect(hops.map((hop) => [hop.status, hop.url, hop.headers['x-linked-size']])).toEqual([
      [302, `${hub.origin}/start`, '5'],
      [302, `${hub.origin}/middle?x=1`, '5'],
    ]);
  });

  it('answers a redirect as it is when asked to', async () => {
    await using hub = await startServer((_request, response) => response.writeHead(307, { location: '/next' }).end());
    await using http = client();
    const { status, headers, hops } = await http.request({ method: 'HEAD', url: hub.origin, redirect: 'manual' });
    expect([status, headers['location'], hops.length, hub.requests.length]).toEqual([307, '/next', 0, 1]);
  });

  it('carries credentials and own headers to no other origin, and generic ones everywhere', async () => {
    await using cdn = await startServer((_request, response) => response.end('x'));
    await using hub = await startServer((_request, response) =>
      response.writeHead(302, { location: cdn.origin }).end(),
    );
    const asked: string[] = [];
    await using http = client({
      userAgent: 'agent/1',
      credentialsFor(origin) {
        asked.push(origin);
        return origin === hub.origin ? 'Bearer canary' : undefined;
      },
    });
    await http.text({
      url: hub.origin,
      headers: { 'X-Api-Key': 'key', Cookie: 'c=1', Range: 'bytes=0-', 'If-Range': '"e"', 'Accept-Encoding': 'gzip' },
    });
    expect(hub.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer canary',
      'x-api-key': 'key',
      cookie: 'c=1',
    });
    const { host: _host, connection: _connection, ...sent } = cdn.requests[0]?.headers ?? {};
    expect(sent).toEqual({
      'user-agent': 'agent/1',
      range: 'bytes=0-',
      'if-range': '"e"',
      'accept-encoding': 'identity',
    });
    expect([...new Set(asked)]).toEqual([hub.origin, cdn.origin]);
  });

  it("keeps the caller's authorization to the origin that the caller named, and gives each origin its own", async () => {
    await using mirror = await startServer((_request, response) => response.end('x'));
    await using hub = await startServer((_request, response) =>
      response.writeHead(307, { location: mirror.origin }).end(),
    );
    await using http = client({
      credentialsFor: (origin) => (origin === mirror.origin ? 'Bearer mirror' : 'Bearer hub'),
    });
    await http.text({ url: hub.origin, headers: { authorization: 'Bearer own' } });
    expect([hub.requests[0]?.headers.authorization, mirror.requests[0]?.headers.authorization]).toEqual([
      'Bearer own',
      'Bearer mirror',
    ]);
  });

  it('finds a loop', async () => {
    await using hub = await startServer((request, response) => {
      response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' }).end();
    });
    await using http = client();
    const error = await caught('network.redirect', http.request({ url: `${hub.origin}/a` }));
    expect([error.facts.reason, hub.requests.length]).toEqual(['loop', 2]);
  });

  it('follows ten and no more', async () => {
    await using hub = await startServer((request, response) => {
      const number = Number(request.url?.slice(1));
      if (number === 0) response.end('there');
      else response.writeHead(302, { location: `/${number - 1}` }).end();
    });
    await using http = client();
    expect((await http.text({ url: `${hub.origin}/10` })).hops).toHaveLength(10);
    expect((await caught('network.redirect', http.request({ url: `${hub.origin}/11` }))).facts.reason).toBe('too-many');
  });

  it('never goes from https to http', async () => {
    await using http = client({
      transport: {
        send: async () => ({
          status: 302,
          headers: { location: 'http://127.0.0.1:1/' },
          body: (async function* () {})(),
        }),
      },
    });
    const error = await caught('network.redirect', http.request({ url: 'https://hub.example/' }));
    expect(error.facts).toEqual({ url: 'https://hub.example/', location: 'http://127.0.0.1:1/', reason: 'downgrade' });
  });

  it('lets go of a redirect whose body does not end', async () => {
    await using hub = await startServer((request, response) => {
      if (request.url === '/next') response.end('there');
      else response.writeHead(302, { location: '/next' }).write('on and on');
    });
    await using http = client();
    expect((await http.text({ url: hub.origin })).text).toBe('there');
    await until(() => hub.openConnections() === 1);
  });
});
