import { gzipSync } from 'node:zlib';
import type { HttpResponse } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, startTcpServer, until } from '../fixtures/test-server.ts';
import { discardBody } from './discard-body.ts';

const client = (): ReturnType<typeof createHttpClient> =>
  createHttpClient({ clock: createTestClock(), privateOrigins: 'all' });

describe('json', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON'])(
    'reads %s',
    async (type) => {
      await using server = await startServer((_request, response) => {
        response.writeHead(200, { 'content-type': type }).end('{"a":[1]}');
      });
      await using http = client();
      expect((await http.json({ url: server.origin })).value).toEqual({ a: [1] });
      expect(server.requests[0]?.headers.accept).toBe('application/json');
    },
  );

  it('reads what comes a byte at a time', async () => {
    const text = JSON.stringify('abcdefgh'.repeat(400));
    await using server = await startTcpServer((socket) => {
      const chunks = Array.from(text, (character) => `1\r\n${character}\r\n`).join('');
      const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
      socket.once('data', () => socket.write(`${head}${chunks}0\r\n\r\n`));
    });
    await using http = client();
    expect(JSON.stringify((await http.json({ url: server.origin })).value)).toBe(text);
  });

  it.each([
    ['content-type', 'text/html', '<html>log in</html>'],
    ['content-type', 'application/jsonp', '{}'],
    ['invalid-json', 'application/json', '{"canary-body": tru'],
    ['invalid-json', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
    ['too-large', 'application/json', JSON.stringify('x'.repeat(2_000))],
  ])('refuses %s (%s)', async (reason, type, body) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    await using http = client();
    const error = await caught('network.body', http.json({ url: server.origin, maxBytes: 1_000 }));
    expect(error.facts).toMatchObject({ url: `${server.origin}/`, reason });
    expect(JSON.stringify(error)).not.toContain('canary-body');
    expect(server.requests).toHaveLength(1);
  });

  it('refuses a body that says it is too large, before it is read', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_001 }).flushHeaders();
    });
    await using http = client();
    const error = await caught('network.body', http.json({ url: server.origin, maxBytes: 1_000 }));
    expect(error.facts).toMatchObject({ reason: 'too-large', found: '1001 bytes' });
    await until(() => server.openConnections() === 0);
  });

  it('refuses a body that grows too large without having said so, and lets go of it', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('['.repeat(100_000));
    });
    await using http = client();
    const error = await caught('network.body', http.json({ url: server.origin, maxBytes: 1_000 }));
    expect(error.facts.reason).toBe('too-large');
    await until(() => server.openConnections() === 0);
  });

  it.each([
    ['application/json', '{"error":"x"}', { error: 'x' }],
    ['text/html', '<html>', undefined],
    ['application/json', '{', undefined],
    ['application/json', JSON.stringify('x'.repeat(70_000)), undefined],
  ])('answers a failure whatever its body is (%s, %s)', async (type, body, value) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(404, { 'content-type': type, 'x-error-code': 'RepoNotFound' }).end(body);
    });
    await using http = client();
    const result = await http.json({ url: server.origin });
    expect([result.status, result.headers['x-error-code'], result.value]).toEqual([404, 'RepoNotFound', value]);
  });

  it('is read again when the body breaks off', async () => {
    await using server = await startServer((_request, response, number) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 7 });
      if (number === 1) response.write('{"a"', () => response.destroy());
      else response.end('{"a":1}');
    });
    await using http = client();
    expect((await http.json({ url: server.origin })).value).toEqual({ a: 1 });
  });
});

describe('content encoding', () => {
  it('is refused with a success, kept with a failure until the body is read, and no matter for HEAD', async () => {
    await using server = await startServer((request, response) => {
      response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('x'));
    });
    await using http = client();
    const error = await caught('network.body', http.request({ url: server.origin }));
    expect(error.facts).toMatchObject({ reason: 'content-encoding', found: 'gzip' });
    const missing = await http.request({ url: `${server.origin}/missing` });
    expect(missing.status).toBe(404);
    await caught('network.body', Promise.resolve(missing.body[Symbol.asyncIterator]().next()));
    expect((await http.json({ url: `${server.origin}/missing` })).value).toBeUndefined();
    expect((await http.request({ method: 'HEAD', url: server.origin })).status).toBe(200);
    expect(server.requests.every((request) => request.headers['accept-encoding'] === 'identity')).toBe(true);
  });
});

describe('text', () => {
  it('reads UTF-8 whatever the status', async () => {
    await using server = await startServer((_request, response) => response.writeHead(418).end('Grüße'));
    await using http = client();
    expect(await http.text({ url: server.origin })).toMatchObject({ status: 418, text: 'Grüße' });
  });

  it('finds a body that a transport cut short without a word', async () => {
    let calls = 0;
    const send = async (): Promise<HttpResponse> => {
      calls += 1;
      const bytes = Buffer.from(calls === 1 ? 'cut' : 'cut no more');
      return {
        status: 200,
        headers: { 'content-length': '11' },
        body: (async function* () {
          yield bytes;
        })(),
      };
    };
    await using http = createHttpClient({ clock: createTestClock(), transport: { send } });
    expect((await http.text({ url: 'http://hub.example/' })).text).toBe('cut no more');
    calls = 0;
    const error = await caught('network.body', http.text({ url: 'http://hub.example/', retry: false }));
    expect(error.facts).toMatchObject({ reason: 'truncated', found: '3 of 11 bytes' });
  });
});

describe('discardBody', () => {
  it('reads a short body to its end', async () => {
    let ended = false;
    await discardBody(
      (async function* () {
        yield Buffer.from('x');
        ended = true;
      })(),
    );
    expect(ended).toBe(true);
  });

  it('gives up a long one, a stuck one and a broken one', async () => {
    let given = 0;
    await discardBody(
      (async function* () {
        for (;;) {
          given += 16_384;
          yield Buffer.alloc(16_384);
        }
      })(),
    );
    expect(given).toBeLessThan(200_000);
    await discardBody(
      (async function* () {
        yield await new Promise<Buffer>(() => {});
      })(),
    );
    await discardBody(
      (async function* () {
        yield Buffer.from('x');
        throw new Error('broken');
      })(),
    );
  });
});

it('closes the connection of a body that a caller leaves early', async () => {
  await using server = await startTcpServer((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nxxxxx'));
  });
  await using http = client();
  const { body } = await http.request({ url: server.origin });
  for await (const chunk of body) {
    expect(chunk.byteLength).toBe(5);
    break;
  }
  await until(() => server.openConnections() === 0);
});
