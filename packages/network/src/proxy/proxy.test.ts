import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { makeCertificates, type TestCertificates } from '../fixtures/test-certificates.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startProxy } from '../fixtures/test-proxy.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';
import { startTlsServer, type TestTlsServer } from '../fixtures/test-tls-server.ts';
import { bytesOf, get, testTransports } from '../fixtures/test-transports.ts';

const { transport, closeAll } = testTransports();
afterEach(closeAll);

const SECRET = 'p@ss:wörd%';

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});

const through = (url: string, more: Parameters<typeof transport>[0] = {}): ReturnType<typeof transport> =>
  transport({ proxyFor: () => url, certificateAuthorities: [certificates.authority], ...more });

const tlsServer = (http2 = false): Promise<TestTlsServer> =>
  startTlsServer({ ...certificates.server, http2, answer: (request, response) => response.end(request.url ?? '') });

describe('https through a proxy', () => {
  it('goes through a tunnel that is kept, and the proxy sees no more than the host', async () => {
    await using server = await tlsServer();
    await using proxy = await startProxy();
    const http = through(proxy.url);
    for (const path of ['/a?token=secret', '/b', '/c']) {
      const url = `https://hub.test:${server.port}${path}`;
      const response = await http.send(get(url, { headers: { authorization: 'Bearer secret' } }));
      expect((await bytesOf(response)).toString()).toBe(path);
    }
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT hub.test:${server.port}`]));
    expect(proxy.requests.length).toBeLessThanOrEqual(2);
    expect(JSON.stringify(proxy.headers)).not.toContain('secret');
    expect(server.headers[0]).toMatchObject({ host: `hub.test:${server.port}`, authorization: 'Bearer secret' });
  });

  it('speaks HTTP/2 with the target, and HTTP/1.1 where that is asked for', async () => {
    await using server = await tlsServer(true);
    await using proxy = await startProxy();
    const http = through(proxy.url);
    const url = `https://hub.test:${server.port}/`;
    await Promise.all([1, 2, 3].map(async () => bytesOf(await http.send(get(url)))));
    await bytesOf(await http.send(get(url, { http2: false })));
    expect(server.versions).toEqual(['2.0', '2.0', '2.0', '1.1']);
    expect(proxy.requests).toHaveLength(2);
  });

  it('gives user and password to the proxy, percent-decoded, and to nobody else', async () => {
    await using server = await tlsServer();
    await using proxy = await startProxy({ user: 'me', password: SECRET });
    const url = `https://hub.test:${server.port}/`;
    expect((await bytesOf(await through(proxy.url).send(get(url)))).toString()).toBe('/');
    expect(server.headers[0]?.['proxy-authorization']).toBeUndefined();
  });

  it('works with a proxy that speaks TLS itself', async () => {
    await using server = await tlsServer();
    await using proxy = await startProxy({ tls: certificates.server, user: 'me', password: SECRET });
    const url = `https://hub.test:${server.port}/in-both`;
    expect((await bytesOf(await through(proxy.url).send(get(url)))).toString()).toBe('/in-both');
    const error = await caught('network.proxy', transport({ proxyFor: () => proxy.url }).send(get(url)));
    expect(error.facts).toMatchObject({ systemCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it.each(['https://other.example/', 'http://other.example/'])(
    'compares the certificate of a proxy with the name of the proxy, for %s',
    async (target) => {
      await using proxy = await startProxy({ tls: certificates.server, refuseWith: 407 });
      const error = await caught('network.proxy', through(proxy.url).send(get(target)));
      expect(error.facts.status).toBe(407);
      const byName = proxy.url.replace('127.0.0.1', 'localhost');
      expect((await caught('network.proxy', through(byName).send(get(target)))).facts.status).toBe(407);
    },
  );

  it("checks the target's certificate, not the proxy's", async () => {
    await using server = await tlsServer();
    await using proxy = await startProxy();
    const error = await caught(
      'network.connection',
      through(proxy.url).send(get(`https://other.example:${server.port}/`)),
    );
    expect(error.facts.systemCode).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(server.versions).toEqual([]);
  });

  it('writes the address of an IPv6 target and the usual port as CONNECT wants them', async () => {
    await using proxy = await startProxy({ refuseWith: 403 });
    const http = through(proxy.url);
    await caught('network.proxy', http.send(get('https://[2606:4700::1]:8443/')));
    await caught('network.proxy', http.send(get('https://hub.test/')));
    expect(proxy.requests).toEqual(['CONNECT [2606:4700::1]:8443', 'CONNECT hub.test:443']);
  });
});

describe('http through a proxy', () => {
  it('is forwarded with the whole URL', async () => {
    await using server = await startServer((request, response) => response.end(request.url ?? ''));
    await using proxy = await startProxy({ user: 'me', password: SECRET });
    const http = through(proxy.url);
    const url = `http://hub.test:${new URL(server.origin).port}/a%20b`;
    for (let round = 0; round < 2; round += 1) {
      expect((await bytesOf(await http.send(get(`${url}?q=1`)))).toString()).toBe('/a%20b');
    }
    expect(proxy.requests).toEqual([`GET ${url}?q=1`, `GET ${url}?q=1`]);
    expect(server.requests[0]?.headers).toMatchObject({ host: new URL(url).host });
    expect(server.requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('is forwarded by a proxy that speaks TLS', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    await using proxy = await startProxy({ tls: certificates.server });
    const url = `http://hub.test:${new URL(server.origin).port}/`;
    expect((await bytesOf(await through(proxy.url).send(get(url)))).toString()).toBe('x');
    expect(proxy.requests).toEqual([`GET ${url}`]);
  });
});

describe('a proxy that fails', () => {
  const targets = ['https://hub.test/', 'http://hub.test/'];

  it.each(targets)('is told from a target that fails, without its password: %s', async (target) => {
    await using refusing = await startProxy({ user: 'me', password: 'other' });
    const url = refusing.url.replace('other', encodeURIComponent(SECRET));
    const error = await caught('network.proxy', through(url).send(get(`${target}?token=secret`)));
    const origin = `${new URL(refusing.url).origin}/`;
    expect(error.facts).toMatchObject({ url: `${target}?…`, proxy: origin, status: 407 });
    expect(error.hint).toMatch(/password/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(encodeURIComponent(SECRET));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret');
    await refusing[Symbol.asyncDispose]();
    const gone = await caught('network.proxy', through(url).send(get(target)));
    expect(gone.facts).toMatchObject({ proxy: origin, systemCode: 'ECONNREFUSED' });
  });

  it.each([502, 403])('tells a CONNECT that is answered with %s', async (refuseWith) => {
    await using proxy = await startProxy({ refuseWith });
    const error = await caught('network.proxy', through(proxy.url).send(get('https://hub.test/')));
    expect(error.facts.status).toBe(refuseWith);
  });

  it.each([
    ['ends without an answer', ''],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['has headers that do not end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
  ])('types one that %s', async (_name, answer) => {
    await using proxy = await startTcpServer((socket) => {
      socket.once('data', () => socket.end(answer));
    });
    await caught('network.proxy', through(proxy.origin).send(get('https://hub.test/')));
  });

  it('does not hang when the tunnel is silent, and leaves no connection behind', async () => {
    await using proxy = await startProxy({ refuseWith: 0 });
    const http = through(proxy.url);
    const request = get('https://hub.test/', { connectTimeoutMs: 60 });
    expect((await caught('network.timeout', http.send(request))).facts.phase).toBe('connect');
    await until(() => proxy.openConnections() === 0);
    const controller = new AbortController();
    const aborted = expect(http.send(get('https://hub.test/', { signal: controller.signal }))).rejects.toBe('enough');
    await until(() => proxy.requests.length === 2);
    controller.abort('enough');
    await aborted;
    await until(() => proxy.openConnections() === 0);
    const closed = caught('core.closed', http.send(get('https://hub.test/')));
    await until(() => proxy.requests.length === 3);
    await http.close();
    await closed;
    await until(() => proxy.openConnections() === 0);
  });

  it('does not hang when TLS over the tunnel is silent', async () => {
    await using silent = await startTcpServer(() => {});
    await using proxy = await startProxy();
    const url = silent.origin.replace('http://127.0.0.1', 'https://hub.test');
    const error = await caught('network.timeout', through(proxy.url).send(get(url, { connectTimeoutMs: 100 })));
    expect(error.facts.phase).toBe('connect');
    await until(() => proxy.openConnections() === 0 && silent.openConnections() === 0);
  });

  it.each([
    [502, 3],
    [407, 1],
    [403, 1],
  ])('is asked again by the client only where that may help: after %s, %s times', async (refuseWith, times) => {
    await using proxy = await startProxy({ refuseWith });
    await using http = createHttpClient({ clock: createTestClock(), proxyFor: () => proxy.url });
    const error = await caught('network.proxy', http.request({ url: 'https://hub.test/' }));
    expect([proxy.requests.length, error.facts.attempts ?? 1, error.facts.status]).toEqual([times, times, refuseWith]);
  });

  it('is asked for public and granted targets only, as far as the host tells', async () => {
    await using proxy = await startProxy({ refuseWith: 502 });
    await using http = createHttpClient({
      clock: createTestClock(),
      retry: { attempts: 1 },
      proxyFor: () => proxy.url,
      privateOrigins: ['http://10.0.0.1'],
    });
    for (const url of ['http://10.0.0.2/', 'https://169.254.169.254/', 'http://metadata.google.internal/']) {
      await caught('network.blocked', http.request({ url }));
    }
    expect((await http.request({ url: 'http://10.0.0.1/' })).status).toBe(502);
    expect(proxy.requests).toEqual(['GET http://10.0.0.1/']);
  });

  it.each(['socks5://127.0.0.1:1080', 'http://', 'ftp://me:secret@proxy/'])('refuses %s', async (url) => {
    const error = await caught('core.invalid-argument', through(url).send(get('https://hub.test/')));
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(error.hint).toMatch(/SOCKS/);
  });
});

describe('proxyFor', () => {
  it('is asked for each request, without the query, and may say that there is none', async () => {
    await using server = await startServer((_request, response) => response.end('x'));
    await using proxy = await startProxy();
    const asked: string[] = [];
    const http = transport({
      proxyFor(url) {
        asked.push(url);
        return url.endsWith('/direct') ? undefined : proxy.url;
      },
    });
    await bytesOf(await http.send(get(`${server.origin}/direct?Signature=secret`)));
    await bytesOf(await http.send(get(`${server.origin}/proxied?Signature=secret`)));
    expect(asked).toEqual([`${server.origin}/direct`, `${server.origin}/proxied`]);
    expect([server.requests.length, proxy.requests.length]).toEqual([2, 1]);
  });

  it('keeps a bounded number of proxies, and what is under way through an older one goes on', async () => {
    const finish: (() => void)[] = [];
    await using server = await startServer((request, response) => {
      if (request.url === '/slow') finish.push(() => response.end('slow'));
      else response.end('x');
    });
    await using proxy = await startProxy();
    let account = 0;
    const http = transport({ proxyFor: () => proxy.url.replace('127.0.0.1', `user-${account}@127.0.0.1`) });
    const slow = http.send(get(`${server.origin}/slow`));
    await until(() => finish.length === 1);
    for (account = 1; account <= 40; account += 1) await bytesOf(await http.send(get(server.origin)));
    await until(() => proxy.openConnections() <= 17);
    finish[0]?.();
    expect((await bytesOf(await slow)).toString()).toBe('slow');
  });
});
