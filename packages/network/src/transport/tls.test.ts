import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { makeCertificates, type TestCertificates } from '../fixtures/test-certificates.ts';
import { startServer, until } from '../fixtures/test-server.ts';
import { startTlsServer } from '../fixtures/test-tls-server.ts';
import { bytesOf, get, testTransports } from '../fixtures/test-transports.ts';
import { isCertificateProblem } from './transport-error.ts';

const { transport, closeAll } = testTransports();
afterEach(closeAll);

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});

describe('certificates', () => {
  it('trusts an authority of its own beside those of the system, and nobody else', async () => {
    await using server = await startTlsServer({
      ...certificates.server,
      http2: false,
      answer: (_request, response) => response.end('secret'),
    });
    const certificateAuthorities = [certificates.authority];
    const response = await transport({ certificateAuthorities }).send(get(server.origin));
    expect((await bytesOf(response)).toString()).toBe('secret');
    const other = (await makeCertificates()).authority;
    for (const options of [{}, { certificateAuthorities: [other] }]) {
      const error = await caught('network.connection', transport(options).send(get(server.origin)));
      expect(error.facts.systemCode).toSatisfy(isCertificateProblem);
      expect(error.hint).toMatch(/certificate/);
    }
    expect(server.versions).toEqual(['1.1']);
  });

  it.each(['', '/etc/ca.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'refuses what is no certificate: %j',
    (text) => {
      expect(() => transport({ certificateAuthorities: [certificates.authority, text] })).toThrow(
        expect.objectContaining({
          code: 'core.invalid-argument',
          facts: { argument: 'certificateAuthorities[1]' },
        }),
      );
    },
  );
});

describe('HTTP/2', () => {
  const start = async (answer: Parameters<typeof startTlsServer>[0]['answer']): ReturnType<typeof startTlsServer> =>
    startTlsServer({ ...certificates.server, http2: true, answer });
  const subject = (options: Parameters<typeof transport>[0] = {}): ReturnType<typeof transport> =>
    transport({ certificateAuthorities: [certificates.authority], ...options });

  it('is spoken where TLS offers it, many requests over one connection', async () => {
    await using server = await start((request, response) => {
      setTimeout(() => response.writeHead(200, { 'X-Path': request.url ?? '' }).end('x'.repeat(10)), 20);
    });
    const http = subject();
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_item, index) => http.send(get(`${server.origin}/${index}?q=1`))),
    );
    expect(responses.map(({ status, headers }) => [status, headers['x-path']])).toEqual(
      responses.map((_response, index) => [200, `/${index}?q=1`]),
    );
    for (const response of responses) expect((await bytesOf(response)).byteLength).toBe(10);
    expect([new Set(server.versions), server.connectionCount.value]).toEqual([new Set(['2.0']), 1]);
    expect(Object.keys(responses[0]?.headers ?? {}).filter((name) => name.startsWith(':'))).toEqual([]);
  });

  it('is not spoken to a request that asks for HTTP/1.1, nor when it is switched off', async () => {
    await using server = await start((_request, response) => response.end('x'));
    const http = subject();
    await bytesOf(await http.send(get(server.origin, { http2: false })));
    await bytesOf(await http.send(get(server.origin)));
    await bytesOf(await http.send(get(server.origin, { http2: false })));
    await bytesOf(await subject({ http2: false }).send(get(server.origin)));
    await bytesOf(await subject({ http2: false }).send(get(server.origin, { http2: true })));
    expect(server.versions).toEqual(['1.1', '2.0', '1.1', '1.1', '2.0']);
  });

  it('sends a body', async () => {
    await using server = await start((request, response) => request.on('data', (chunk: Buffer) => response.end(chunk)));
    const request = { ...get(server.origin), method: 'POST' as const, body: '{"a":1}' };
    expect((await bytesOf(await subject().send(request))).toString()).toBe('{"a":1}');
  });

  it('ends one stream and leaves the others alone', async () => {
    await using server = await start((request, response) => {
      if (request.url === '/hang') response.write('12345');
      else if (request.url === '/slow') setTimeout(() => response.end('slow'), 100);
    });
    const http = subject();
    const controller = new AbortController();
    const reason = { why: 'not even an Error' };
    const hanging = await http.send(get(`${server.origin}/hang`, { signal: controller.signal }));
    const slow = http.send(get(`${server.origin}/slow`));
    const silent = expect(http.send(get(`${server.origin}/silent`, { signal: controller.signal }))).rejects.toBe(
      reason,
    );
    await until(() => server.versions.length === 3);
    controller.abort(reason);
    await silent;
    await expect(bytesOf(hanging)).rejects.toBe(reason);
    expect((await bytesOf(await slow)).toString()).toBe('slow');
    expect(server.connectionCount.value).toBe(1);
  });

  it('stops the sender while nobody reads, and then gets every byte', async () => {
    const size = 32 * 1_048_576;
    let sent = 0;
    await using server = await start((_request, response) => {
      const chunk = Buffer.alloc(65_536, 7);
      const write = (): void => {
        while (sent < size) {
          sent += chunk.byteLength;
          if (!response.write(chunk)) {
            response.once('drain', write);
            return;
          }
        }
        response.end('');
      };
      write();
    });
    const response = await subject({ idleTimeoutMs: 500 }).send(get(server.origin));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(sent).toBeLessThan(size / 2);
    expect((await bytesOf(response)).byteLength).toBe(size);
  });

  it('types what breaks: a reset stream, a body cut short, a connection that ends', async () => {
    await using server = await start((request, response) => {
      const { stream } = response;
      if (request.url === '/reset') stream?.close(2);
      else if (request.url === '/short') response.writeHead(200, { 'content-length': '10' }).end('12345');
      else if (request.url === '/cut') {
        response.write('12345');
        setTimeout(() => stream?.session?.destroy(), 20);
      }
    });
    const http = subject({ headersTimeoutMs: 80 });
    await caught('network.connection', http.send(get(`${server.origin}/reset`)));
    await caught('network.connection', bytesOf(await http.send(get(`${server.origin}/short`))));
    await caught('network.connection', bytesOf(await http.send(get(`${server.origin}/cut`))));
    const error = await caught('network.timeout', http.send(get(`${server.origin}/silent`)));
    expect(error.facts.phase).toBe('headers');
  });

  it('ends what is under way when it is closed', async () => {
    await using server = await start(() => {});
    const http = subject();
    const waiting = caught('core.closed', http.send(get(server.origin)));
    await until(() => server.versions.length === 1);
    await http.close();
    await waiting;
    await until(() => server.openConnections() === 0);
  });
});

describe('address families', () => {
  const loopback = Object.values(networkInterfaces()).flat();
  const hasIpv6 = loopback.some((address) => address?.address === '::1');

  it('connects over IPv6', async ({ annotate }) => {
    if (!hasIpv6) {
      await annotate('Not checked: this machine has no IPv6 loopback address (::1).');
      return;
    }
    const server = createServer((_request, response) => response.end('six'));
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    const { port } = server.address() as AddressInfo;
    const response = await transport().send(get(`http://[::1]:${port}/`));
    expect((await bytesOf(response)).toString()).toBe('six');
    await closeAll();
    await new Promise((resolve) => server.close(resolve));
  });

  it('falls back to the family that answers, and keeps to the one that it is given', async () => {
    await using server = await startServer((_request, response) => response.end('four'));
    const url = server.origin.replace('127.0.0.1', 'localhost');
    expect((await bytesOf(await transport().send(get(url)))).toString()).toBe('four');
    expect((await bytesOf(await transport({ addressFamily: 4 }).send(get(url)))).toString()).toBe('four');
    const six = transport({ addressFamily: 6 }).send(get(url));
    await expect(six).rejects.toMatchObject({ code: expect.stringMatching(/^network\.(?:connection|offline)$/) });
    expect(server.requests).toHaveLength(2);
  });
});
