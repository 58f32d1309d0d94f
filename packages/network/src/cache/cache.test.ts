import type { IncomingMessage, ServerResponse } from 'node:http';
import { ModelkeepError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../client/create-http-client.ts';
import type { HttpCacheOptions, HttpClientOptions } from '../client/http-client-options.ts';
import { caught } from '../fixtures/caught.ts';
import { createTestCacheStore } from '../fixtures/test-cache-store.ts';
import { createTestClock } from '../fixtures/test-clock.ts';
import { startServer, until } from '../fixtures/test-server.ts';

const HOUR_MS = 3_600_000;
const setup = (cache: HttpCacheOptions = {}, options: HttpClientOptions = {}) => {
  const clock = createTestClock();
  const http = createHttpClient({ clock, cache, privateOrigins: 'all', retry: { attempts: 1 }, ...options });
  return { clock, http };
};

/** A server with one document under an ETag. */
const document = { version: 1, headers: {} as Record<string, string>, status: 200 };
type Document = typeof document;
const serve =
  (doc: Document) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const etag = `"v${doc.version}"`;
    const isKnown = request.headers['if-none-match'] === etag && doc.status === 200;
    const status = isKnown ? 304 : doc.status;
    response.writeHead(status, { 'content-type': 'application/json', etag, ...doc.headers });
    response.end(isKnown ? undefined : JSON.stringify({ version: doc.version, list: [] }));
  };

it('keeps nothing of an answer whose credentials came while it was under way', async () => {
  await using server = await startServer(({ headers }, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' });
    response.end(JSON.stringify(headers.authorization ?? 'anonymous'));
  });
  const tokens: (string | undefined)[] = [undefined, 'Bearer private'];
  const { http } = setup({}, { credentialsFor: () => (tokens.length > 1 ? tokens.shift() : tokens[0]) });
  expect((await http.json({ url: server.origin })).value).toBe('Bearer private');
  tokens.splice(0, 1, undefined);
  expect(await http.json({ url: server.origin })).toMatchObject({ value: 'anonymous', cached: 'no' });
  await http.close();
});

describe('revalidation', () => {
  it('takes a 304 that names another version for no answer, and asks again', async () => {
    await using server = await startServer((request, response, number) => {
      const isConditional = request.headers['if-none-match'] !== undefined;
      const headers = { 'content-type': 'application/json', etag: `W/"v${Math.min(number, 2)}"` };
      response.writeHead(isConditional ? 304 : 200, headers).end(isConditional ? undefined : JSON.stringify(number));
    });
    const { http } = setup();
    expect((await http.json({ url: server.origin })).value).toBe(1);
    expect(await http.json({ url: server.origin })).toMatchObject({ value: 3, cached: 'no' });
    expect(await http.json({ url: server.origin })).toMatchObject({ value: 3, cached: 'revalidated' });
    expect(server.requests).toHaveLength(4);
    await http.close();
  });

  it('asks each time whether an answer has changed, and serves the kept body after a 304', async () => {
    const doc = { ...document };
    await using server = await startServer(serve(doc));
    const { http } = setup();
    const first = await http.json({ url: server.origin });
    const second = await http.json({ url: server.origin });
    expect([first.cached, second.cached, second.status]).toEqual(['no', 'revalidated', 200]);
    expect(second.value).toEqual({ version: 1, list: [] });
    expect(second.headers['content-type']).toBe('application/json');
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"']);
    doc.version = 2;
    const third = await http.json({ url: server.origin });
    expect([third.cached, third.value]).toEqual(['no', { version: 2, list: [] }]);
    expect(await http.text({ url: server.origin })).toMatchObject({ cached: 'no' });
    expect(await http.text({ url: server.origin })).toMatchObject({
      cached: 'revalidated',
      text: '{"version":2,"list":[]}',
    });
    await http.close();
  });

  it('gives each caller a value of its own', async () => {
    await using server = await startServer(serve({ ...document, headers: { 'cache-control': 'max-age=60' } }));
    const { http } = setup();
    const first = (await http.json({ url: server.origin })).value as { list: number[] };
    first.list.push(1);
    const second = (await http.json({ url: server.origin })).value as { list: number[] };
    second.list.push(2);
    expect((await http.json({ url: server.origin })).value).toEqual({ version: 1, list: [] });
    await http.close();
  });

  it('keeps nothing when it was not asked to', async () => {
    await using server = await startServer(serve({ ...document, headers: { 'cache-control': 'max-age=60' } }));
    const http = createHttpClient({ privateOrigins: 'all' });
    await http.json({ url: server.origin });
    expect((await http.json({ url: server.origin })).cached).toBe('no');
    expect(server.requests).toHaveLength(2);
    await http.close();
  });

  it('asks anew when a redirect leads elsewhere by now', async () => {
    let target = '/a';
    await using server = await startServer((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: target }).end();
      else if (request.headers['if-none-match'] === undefined) {
        response.writeHead(200, { 'content-type': 'application/json', etag: '"same"' }).end(`"${request.url}"`);
      } else response.writeHead(304).end();
    });
    const { http } = setup();
    const ask = async () => {
      const { cached, value, url } = await http.json({ url: server.origin });
      return [cached, value, new URL(url).pathname];
    };
    expect(await ask()).toEqual(['no', '/a', '/a']);
    expect(await ask()).toEqual(['revalidated', '/a', '/a']);
    target = '/b';
    expect(await ask()).toEqual(['no', '/b', '/b']);
    expect(await ask()).toEqual(['revalidated', '/b', '/b']);
    await http.close();
  });
});

describe('freshness', () => {
  it('lasts as long as max-age says, less the age on arrival', async () => {
    const headers = { 'cache-control': 'public, max-age=60', age: '20' };
    await using server = await startServer(serve({ ...document, headers }));
    const { http, clock } = setup();
    const states: string[] = [];
    for (const advanceMs of [0, 39_999, 1, 0]) {
      clock.advance(advanceMs);
      states.push((await http.json({ url: server.origin })).cached);
    }
    expect(states).toEqual(['no', 'fresh', 'revalidated', 'fresh']);
    expect(server.requests).toHaveLength(2);
    await http.close();
  });

  it.each([
    [{}, 'fresh'],
    [{ 'cache-control': 'no-cache' }, 'revalidated'],
    [{ 'cache-control': 'max-age=0' }, 'revalidated'],
    [{ 'cache-control': 'no-store' }, 'no'],
  ] as [Record<string, string>, string][])('of %j with freshForMs: %s', async (headers, expected) => {
    await using server = await startServer(serve({ ...document, headers }));
    const { http } = setup({ freshForMs: 1_000 });
    await http.json({ url: server.origin });
    expect((await http.json({ url: server.origin })).cached).toBe(expected);
    await http.close();
  });

  it('ends after 24 hours, whatever max-age says, and then nothing is kept', async () => {
    const headers = { 'cache-control': 'max-age=999999999' };
    await using server = await startServer(serve({ ...document, headers }));
    const { http, clock } = setup();
    await http.json({ url: server.origin });
    clock.advance(24 * HOUR_MS - 1);
    expect((await http.json({ url: server.origin })).cached).toBe('fresh');
    clock.advance(1);
    expect((await http.json({ url: server.origin })).cached).toBe('no');
    expect(server.requests.at(-1)?.headers['if-none-match']).toBeUndefined();
    await http.close();
  });

  it('is not believed when the clock was set back', async () => {
    await using server = await startServer(serve({ ...document, headers: { 'cache-control': 'max-age=60' } }));
    const { http, clock } = setup();
    await http.json({ url: server.origin });
    clock.advance(-10_000);
    expect((await http.json({ url: server.origin })).cached).toBe('revalidated');
    clock.advance(-100_000);
    expect((await http.json({ url: server.origin })).cached).toBe('no');
    await http.close();
  });
});

describe('stale answers', () => {
  const url = 'https://hub.example/api';
  const fact = { url: 'https://hub.example/api' };
  it.each([
    new ModelkeepError('network.connection', { message: 'x', facts: { ...fact, systemCode: 'ECONNRESET' } }),
    new ModelkeepError('network.timeout', { message: 'x', facts: { ...fact, phase: 'headers', timeoutMs: 1 } }),
    new ModelkeepError('network.offline', { message: 'x', facts: { ...fact, systemCode: 'ENETUNREACH' } }),
    new ModelkeepError('network.body', { message: 'x', facts: { ...fact, reason: 'truncated' } }),
  ])('stand in for %s', async (error) => {
    let isBroken = false;
    const { http } = setup(
      {},
      {
        transport: {
          async send() {
            if (isBroken) throw error;
            const body = (async function* () {
              yield Buffer.from('{"a":1}');
            })();
            return { status: 200, headers: { 'content-type': 'application/json' }, body };
          },
        },
      },
    );
    await http.json({ url });
    isBroken = true;
    const answer = await http.json({ url });
    expect([answer.cached, answer.value, answer.status]).toEqual(['stale', { a: 1 }, 200]);
    await expect(http.json({ url, cache: 'none' })).rejects.toBe(error);
    await expect(http.json({ url: `${url}/other` })).rejects.toBe(error);
    await http.close();
  });

  it('stand in for a server in trouble and an open circuit, and not for what the server takes back', async () => {
    const doc = { ...document };
    await using server = await startServer(serve(doc));
    const { http } = setup();
    await http.json({ url: server.origin });
    doc.status = 503;
    for (let index = 0; index < 15; index += 1) {
      expect(await http.json({ url: server.origin })).toMatchObject({ cached: 'stale', status: 200 });
    }
    expect(http.isCircuitOpen(server.origin)).toBe(true);
    expect(server.requests.length).toBeLessThan(15);
    await http.close();

    const other = setup().http;
    doc.status = 200;
    await other.json({ url: server.origin });
    doc.status = 429;
    expect(await other.json({ url: server.origin })).toMatchObject({ cached: 'no', status: 429 });
    doc.status = 404;
    expect(await other.json({ url: server.origin })).toMatchObject({ cached: 'no', status: 404 });
    doc.status = 500;
    expect(await other.json({ url: server.origin })).toMatchObject({ cached: 'no', status: 500 });
    await other.close();
  });

  it.each(['no-cache', 'max-age=0, must-revalidate'])(
    'are not used against the word of the server: %s',
    async (control) => {
      const doc = { ...document, headers: { 'cache-control': control } };
      await using server = await startServer(serve(doc));
      const { http } = setup();
      await http.json({ url: server.origin });
      doc.status = 503;
      expect((await http.json({ url: server.origin })).status).toBe(503);
      await http.close();
    },
  );
});

describe('what is never kept', () => {
  it.each([
    ['no-store', { 'cache-control': 'no-store' }],
    ['cookies', { 'set-cookie': 'session=canary' }],
    ['Vary: *', { vary: '*' }],
  ] as [string, Record<string, string>][])('%s', async (_name, headers) => {
    const store = createTestCacheStore();
    await using server = await startServer(serve({ ...document, headers }));
    const { http } = setup({ store, freshForMs: HOUR_MS });
    await http.json({ url: server.origin });
    expect((await http.json({ url: server.origin })).cached).toBe('no');
    await http.close();
    expect(store.entries.size).toBe(0);
  });

  it.each([
    'X-Amz-Signature=x',
    'x-amz-credential=x',
    'Signature=x&Key-Pair-Id=y',
    'Policy=x',
    'Expires=1',
    'token=x',
    'access_token=x',
    'api-key=x',
    'X-Goog-Signature=x',
    'sig=x',
  ])('a URL with %s', async (query) => {
    const store = createTestCacheStore();
    await using server = await startServer(serve({ ...document }));
    const { http } = setup({ store, freshForMs: HOUR_MS });
    await http.json({ url: `${server.origin}/?${query}` });
    expect((await http.json({ url: `${server.origin}/?${query}` })).cached).toBe('no');
    await http.close();
    expect([store.entries.size, store.calls]).toEqual([0, []]);
  });

  it('what another origin gave, or a signed URL on the way', async () => {
    await using other = await startServer(serve({ ...document }));
    await using server = await startServer((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: other.origin }).end();
      else if (request.url === '/signed') response.writeHead(302, { location: '/?Signature=x' }).end();
      else serve({ ...document })(request, response);
    });
    const { http } = setup({ freshForMs: HOUR_MS });
    for (const path of ['/away', '/signed']) {
      await http.json({ url: server.origin + path });
      expect((await http.json({ url: server.origin + path })).cached).toBe('no');
    }
    await http.close();
  });

  it('parts, conditional requests, POST and HEAD, failures, and what is not JSON', async () => {
    await using server = await startServer((request, response) => {
      const isBad = request.url === '/bad';
      response.writeHead(request.url === '/404' ? 404 : 200, { 'content-type': 'application/json', etag: '"x"' });
      response.end(isBad ? '{' : '{}');
    });
    const store = createTestCacheStore();
    const { http } = setup({ store, freshForMs: HOUR_MS });
    const url = server.origin;
    for (let round = 0; round < 2; round += 1) {
      expect((await http.json({ url, headers: { range: 'bytes=0-1' } })).cached).toBe('no');
      expect((await http.json({ url, headers: { 'If-None-Match': '"y"' } })).cached).toBe('no');
      expect((await http.json({ url, method: 'POST', body: '{}' })).cached).toBe('no');
      expect((await http.text({ url, method: 'HEAD' })).cached).toBe('no');
      expect((await http.json({ url: `${url}/404` })).cached).toBe('no');
      await caught('network.body', http.json({ url: `${url}/bad` }));
    }
    await http.close();
    expect([store.entries.size, server.requests.length]).toEqual([0, 12]);
  });

  it('modes: reload asks as if nothing were kept, none neither reads nor keeps', async () => {
    const doc = { ...document, headers: { 'cache-control': 'max-age=60' } };
    await using server = await startServer(serve(doc));
    const { http } = setup();
    await http.json({ url: server.origin, cache: 'none' });
    expect((await http.json({ url: server.origin })).cached).toBe('no');
    doc.version = 2;
    expect((await http.json({ url: server.origin, cache: 'none' })).value).toMatchObject({ version: 2 });
    expect((await http.json({ url: server.origin })).value).toMatchObject({ version: 1 });
    expect((await http.json({ url: server.origin, cache: 'reload' })).value).toMatchObject({ version: 2 });
    expect(server.requests.at(-1)?.headers['if-none-match']).toBeUndefined();
    expect(await http.json({ url: server.origin })).toMatchObject({ cached: 'fresh', value: { version: 2 } });
    await http.close();
  });
});

describe('credentials', () => {
  it('show each token its own answers only, and never reach the store', async () => {
    const store = createTestCacheStore();
    await using server = await startServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' });
      response.end(JSON.stringify({ who: request.headers.authorization ?? 'nobody' }));
    });
    let token: string | undefined = 'Bearer canary-a';
    const { http } = setup({ store }, { credentialsFor: () => token });
    const who = async () => {
      const { value, cached } = await http.json({ url: server.origin });
      return [(value as { who: string }).who, cached];
    };
    expect(await who()).toEqual(['Bearer canary-a', 'no']);
    expect(await who()).toEqual(['Bearer canary-a', 'fresh']);
    token = 'Bearer canary-b';
    expect(await who()).toEqual(['Bearer canary-b', 'no']);
    token = undefined;
    expect(await who()).toEqual(['nobody', 'no']);
    expect(await who()).toEqual(['nobody', 'fresh']);
    await http.json({ url: server.origin, headers: { 'x-api-key': 'canary-c' } });
    await http.json({ url: server.origin, headers: { cookie: 'canary-d' } });
    await http.close();
    expect(store.entries.size).toBe(1);
    for (const [key, value] of store.entries) expect(key + Buffer.from(value).toString()).not.toContain('canary');
  });

  it('keep what is private in memory', async () => {
    const store = createTestCacheStore();
    const headers = { 'cache-control': 'private, max-age=60' };
    await using server = await startServer(serve({ ...document, headers }));
    const { http } = setup({ store });
    await http.json({ url: server.origin });
    expect((await http.json({ url: server.origin })).cached).toBe('fresh');
    await http.close();
    expect(store.entries.size).toBe(0);
  });
});

describe('the store', () => {
  it('carries answers into another process', async () => {
    const store = createTestCacheStore();
    const doc = { ...document };
    await using server = await startServer(serve(doc));
    const first = setup({ store }).http;
    await first.json({ url: server.origin });
    await first.close();
    const { http } = setup({ store });
    expect((await http.json({ url: server.origin })).cached).toBe('revalidated');
    await http.close();
    const offline = setup({ store }).http;
    doc.status = 503;
    expect((await offline.json({ url: server.origin })).cached).toBe('stale');
    doc.status = 404;
    await offline.json({ url: server.origin });
    await offline.close();
    expect(store.entries.size).toBe(0);
  });

  it('is written anew only now and then while the server confirms', async () => {
    const store = createTestCacheStore();
    await using server = await startServer(serve({ ...document }));
    const { http, clock } = setup({ store });
    for (let hour = 0; hour < 13; hour += 1) {
      await http.json({ url: server.origin });
      clock.advance(HOUR_MS);
    }
    await http.close();
    expect(store.calls.filter((call) => call === 'put').length).toBeLessThanOrEqual(3);
  });

  it('loses what became private', async () => {
    const store = createTestCacheStore();
    const doc = { ...document };
    await using server = await startServer(serve(doc));
    const { http } = setup({ store });
    await http.json({ url: server.origin });
    doc.headers = { 'cache-control': 'private' };
    await http.json({ url: server.origin });
    await http.close();
    expect(store.entries.size).toBe(0);
  });

  it('may fail without a request failing', async () => {
    await using server = await startServer(serve({ ...document }));
    const warnings: unknown[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
    const { http } = setup({ store: createTestCacheStore(() => true) }, { logger });
    expect((await http.json({ url: server.origin })).cached).toBe('no');
    expect((await http.json({ url: server.origin })).cached).toBe('revalidated');
    await http.close();
    expect(warnings).toHaveLength(2);
  });

  it('is not believed: what is damaged or hostile is dropped', async () => {
    const store = createTestCacheStore();
    // The same bytes each time, whatever second it is.
    const headers = { date: 'Thu, 01 Jan 2026 00:00:00 GMT' };
    await using server = await startServer(serve({ ...document, headers }));
    const first = setup({ store }).http;
    await first.json({ url: server.origin });
    await first.close();
    const [key = '', good = new Uint8Array()] = [...store.entries].flat() as [string?, Uint8Array?];
    const text = Buffer.from(good).toString();
    const [head = '', body = ''] = text.split('\n');
    const changed = (change: object): string => `${JSON.stringify({ ...JSON.parse(head), ...change })}\n${body}`;
    const hostile: (string | Uint8Array)[] = [
      '',
      '\n',
      'x',
      'null\n',
      '[]\n',
      '1\n',
      head,
      text.slice(0, -1),
      `${text} `,
      `${head}\n${body.replace('{', '[')}`,
      Buffer.concat([Buffer.from([0xff, 0xfe]), good]),
      `${' '.repeat(70_000)}${text}`,
      changed({ version: 2 }),
      changed({ url: 'https://other.example/' }),
      changed({ answerUrl: 'https://other.example/' }),
      changed({ answerUrl: 'nonsense' }),
      changed({ answerUrl: 5 }),
      changed({ confirmedAtMs: 'x' }),
      changed({ confirmedAtMs: Date.UTC(2030, 0, 1) }),
      changed({ confirmedAtMs: 0 }),
      changed({ headers: null }),
      changed({ headers: ['x'] }),
      changed({ headers: { etag: 5 } }),
      changed({ headers: { ETag: '"x"' } }),
      changed({ headers: { etag: 'x\r\nx-evil: 1' } }),
      changed({ headers: { 'e tag': 'x' } }),
      changed({ headers: { etag: '"\u{1f600}"' } }),
    ];
    for (const bytes of hostile) {
      store.entries.set(key, Buffer.from(bytes));
      const { http } = setup({ store });
      const answer = await http.json({ url: server.origin });
      expect([answer.cached, answer.value], String(bytes).slice(0, 200)).toEqual(['no', { version: 1, list: [] }]);
      await http.close();
      expect(Buffer.from(store.entries.get(key) ?? []).equals(good), String(bytes).slice(0, 200)).toBe(true);
    }
    store.entries.set(key, Buffer.from(changed({ headers: JSON.parse('{"__proto__": "x", "etag": "\\"v1\\""}') })));
    const { http } = setup({ store });
    expect((await http.json({ url: server.origin })).headers['polluted']).toBeUndefined();
    await http.close();
  });
});

it('bounds its memory by bytes', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(200, { 'cache-control': 'max-age=60' }).end(Buffer.alloc(20_000, 97));
  });
  const { http } = setup({ maxBytes: 100_000 });
  for (let index = 0; index < 10; index += 1) await http.text({ url: `${server.origin}/${index}` });
  expect((await http.text({ url: `${server.origin}/9` })).cached).toBe('fresh');
  expect((await http.text({ url: `${server.origin}/0` })).cached).toBe('no');
  const small = setup({ maxBytes: 60_000 }).http;
  await small.text({ url: server.origin });
  expect((await small.text({ url: server.origin })).cached).toBe('no');
  await Promise.all([http.close(), small.close()]);
});

describe('equal requests at the same time', () => {
  it('are one, and each caller gets a value of its own', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      setTimeout(() => response.end('{"list":[]}'), 30);
    });
    const http = createHttpClient({ privateOrigins: 'all' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => http.json({ url: server.origin })));
    expect(server.requests).toHaveLength(1);
    const [first, second] = answers.map(({ value }) => value as { list: number[] });
    first?.list.push(1);
    expect(second).toEqual({ list: [] });
    await http.json({ url: server.origin });
    expect(server.requests).toHaveLength(2);
    await http.close();
  });

  it('are apart when headers, credentials, ways of reading or limits differ, or it is a POST', async () => {
    await using server = await startServer((_request, response) => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), 20);
    });
    let token = 0;
    const http = createHttpClient({ privateOrigins: 'all', credentialsFor: () => `Bearer ${token}` });
    const url = server.origin;
    const calls: Promise<unknown>[] = [http.json({ url })];
    token = 1;
    calls.push(http.json({ url }), http.text({ url }), http.json({ url, headers: { 'x-a': '1' } }));
    calls.push(http.json({ url, maxBytes: 1_000 }), http.json({ url, retry: false }), http.json({ url: `${url}/x` }));
    calls.push(http.json({ url, cache: 'none' }), http.text({ url, method: 'HEAD' }));
    calls.push(http.json({ url, method: 'POST', body: '{}' }), http.json({ url, method: 'POST', body: '{}' }));
    await Promise.all(calls);
    expect(server.requests).toHaveLength(calls.length);
    await http.close();
  });

  it('go on until the last caller has given up', async () => {
    await using server = await startServer(() => {});
    const http = createHttpClient({ privateOrigins: 'all' });
    const [a, b] = [new AbortController(), new AbortController()];
    const first = expect(http.json({ url: server.origin, signal: a.signal })).rejects.toBe('a');
    const second = expect(http.json({ url: server.origin, signal: b.signal })).rejects.toBe('b');
    await until(() => server.requests.length === 1);
    a.abort('a');
    await first;
    expect(server.openConnections()).toBe(1);
    b.abort('b');
    await second;
    await until(() => server.openConnections() === 0);
    await http.close();
  });

  it('do not join one that everybody has left', async () => {
    await using server = await startServer((_request, response, number) => {
      if (number > 1) response.end('again');
    });
    const http = createHttpClient({ privateOrigins: 'all' });
    const controller = new AbortController();
    const left = expect(http.text({ url: server.origin, signal: controller.signal })).rejects.toBe('left');
    await until(() => server.requests.length === 1);
    controller.abort('left');
    const joined = http.text({ url: server.origin });
    await left;
    expect((await joined).text).toBe('again');
    await http.close();
  });

  it('share an error', async () => {
    await using server = await startServer((_request, response) => setTimeout(() => response.destroy(), 20));
    const http = createHttpClient({ privateOrigins: 'all', retry: { attempts: 1 } });
    const url = server.origin;
    const calls = [http.json({ url }), http.json({ url }), http.json({ url, signal: new AbortController().signal })];
    for (const call of calls) await caught('network.connection', call);
    expect(server.requests).toHaveLength(1);
    await http.close();
  });
});
