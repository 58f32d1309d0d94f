import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { startByteServer, type Answer, type ServeOptions } from './fixtures/byte-server.test-helper.ts';
import { content, gitSha1Of, MiB, openWorkbench, sha256Of } from './fixtures/workbench.test-helper.ts';
import type { ExpectedContent } from './fetch-options.ts';

const sha256 = sha256Of(content);
const expected: ExpectedContent = { sizeBytes: content.byteLength, sha256 };
const serve =
  (options: ServeOptions): Answer =>
  (exchange) =>
    exchange.serve(options);
const cut = (cutBy: 'reset' | 'end' | 'stall', more: ServeOptions = {}): Answer =>
  serve({ cutAfterBytes: 2 * MiB, cutBy, ...more });
const afterACut = (answer: Answer): Answer[] => [cut('end'), answer];

describe('what a break does', () => {
  it('goes on after a reset, wherever that strikes', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [cut('reset')]);
    const fetched = await bench.fetch(server.url, { expected });
    expect(fetched).toMatchObject({ sha256, resumedFromBytes: 0, bytesFetched: content.byteLength });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['a body that ends too early', cut('end')],
    ['a chunked body that is cut', cut('end', { headers: { 'content-length': undefined } })],
    [
      'a body without any length that ends too early',
      cut('end', { headers: { 'content-length': undefined, 'transfer-encoding': 'identity', connection: 'close' } }),
    ],
  ] as const)('goes on after %s where the bytes end', async (_name, answer) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [answer]);
    const fetched = await bench.fetch(server.url, { expected });
    expect(fetched).toMatchObject({ part: bench.part, sha256, verified: 'sha256', resumedFromBytes: 0 });
    expect(fetched.bytesFetched).toBe(content.byteLength);
    expect(Buffer.compare(await bench.read(bench.part), content)).toBe(0);
    expect(server.ranges).toEqual([undefined, 'bytes=2097152-']);
    expect(server.requests[1]?.headers['if-range']).toBe('"v1"');
  });

  it('goes on after a stall', async () => {
    await using bench = await openWorkbench({ idleTimeoutMs: 200 });
    await using server = await startByteServer(content, [cut('stall')]);
    expect((await bench.fetch(server.url, { expected })).sha256).toBe(sha256);
    expect(server.ranges).toEqual([undefined, 'bytes=2097152-']);
  });

  it('never gives up while bytes become durable', async () => {
    await using bench = await openWorkbench();
    const breaks = Array.from({ length: 12 }, () => serve({ cutAfterBytes: 200_000, cutBy: 'end' }));
    await using server = await startByteServer(content, breaks);
    expect((await bench.fetch(server.url, { expected })).bytesFetched).toBe(content.byteLength);
    expect(server.requests).toHaveLength(13);
  });

  it('gives up after five breaks without progress, keeps what it has, and tells why', async () => {
    await using bench = await openWorkbench();
    const refuse: Answer = ({ request }) => request.socket.resetAndDestroy();
    await using server = await startByteServer(content, [cut('end'), ...Array.from({ length: 9 }, () => refuse)]);
    const error = await bench.fetch(server.url, { expected }).catch((reason: unknown) => reason);
    expect(isModelkeepError(error, 'transfer.interrupted')).toBe(true);
    const interrupted = error as ModelkeepError<'transfer.interrupted'>;
    expect(interrupted.facts).toMatchObject({ file: 'model.bin', bytesOnDisk: 2 * MiB, attempts: 5 });
    expect(isModelkeepError(interrupted.cause, 'network.connection')).toBe(true);
    expect(server.requests).toHaveLength(1 + 5);
    expect(await bench.names()).toEqual(['0.journal', '0.part']);

    await using recovered = await startByteServer(content);
    const fetched = await bench.fetch(recovered.url, { expected });
    expect(fetched).toMatchObject({ sha256, resumedFromBytes: 2 * MiB, bytesFetched: content.byteLength - 2 * MiB });
  });

  it('caps the stalls of a server that always sends a little', async () => {
    await using bench = await openWorkbench({ idleTimeoutMs: 30 });
    const drips = Array.from({ length: 40 }, () => serve({ cutAfterBytes: 1_000, cutBy: 'stall' }));
    await using server = await startByteServer(content, drips);
    await expect(bench.fetch(server.url, { expected })).rejects.toMatchObject({ code: 'transfer.interrupted' });
    expect(server.requests).toHaveLength(20);
  });

  it('waits longer after each failure, at random, at most 30 s', async () => {
    await using bench = await openWorkbench();
    const refuse: Answer = ({ request }) => request.socket.resetAndDestroy();
    await using server = await startByteServer(
      content,
      Array.from({ length: 5 }, () => refuse),
    );
    await bench.fetch(server.url, { expected, random: () => 0.5 }).catch(() => {});
    expect(bench.sleeps).toEqual([250, 500, 1_000, 2_000]);
  });
});

describe('sizes', () => {
  it.each([
    ['a length that is too small', { headers: { 'content-length': '1000' }, bytes: content.subarray(0, 1_000) }],
    ['a length that is too large', { bytes: Buffer.concat([content, Buffer.from('x')]) }],
    [
      'more bytes without a length',
      { bytes: Buffer.concat([content, content]), headers: { 'content-length': undefined } },
    ],
  ])('refuses %s, twice, and stores nothing under the name', async (_name, options) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [serve(options), serve(options), serve(options)]);
    const error = await bench.fetch(server.url, { expected }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'transfer.integrity',
      facts: { algorithm: 'size', expected: String(content.byteLength), file: 'model.bin' },
    });
    expect(server.requests).toHaveLength(2);
    expect(await bench.names()).not.toContain('0.part');
    expect(await bench.names()).not.toContain('0.journal');
  });

  it('fetches a file of which nothing is known, with and without a length', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [
      serve({}),
      serve({ headers: { 'content-length': undefined }, etag: null }),
    ]);
    for (let index = 0; index < 2; index += 1) {
      const place = { part: join(bench.folder, `${index}.part`), journal: join(bench.folder, `${index}.journal`) };
      expect(await bench.fetch(server.url, place)).toMatchObject({ sha256, verified: 'none', gitSha1: null });
    }
  });

  it('fetches an empty file', async () => {
    await using bench = await openWorkbench();
    const empty = new Uint8Array();
    await using server = await startByteServer(empty);
    const fetched = await bench.fetch(server.url, { expected: { sizeBytes: 0, sha256: sha256Of(empty) } });
    expect(fetched).toMatchObject({ sizeBytes: 0, bytesFetched: 0, verified: 'sha256' });
  });

  it('verifies by the size alone when nothing else is known', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const { verified } = await bench.fetch(server.url, { expected: { sizeBytes: content.byteLength } });
    expect(verified).toBe('size');
  });

  it.each([content.byteLength, null])('verifies by the git hash, with a size of %s', async (sizeBytes) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const gitSha1 = gitSha1Of(content);
    const fetched = await bench.fetch(server.url, { expected: { sizeBytes, gitSha1 } });
    expect(fetched).toMatchObject({ verified: 'git-sha1', gitSha1, sha256 });
  });
});

describe('answers to a range', () => {
  it('begins again with a 200, which is the whole file', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, afterACut(serve({ ignoreRange: true })));
    const fetched = await bench.fetch(server.url, { expected });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength + 2 * MiB });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['wrong', { headers: { 'content-range': `bytes ${2 * MiB + 1}-${content.byteLength}/${content.byteLength + 1}` } }],
    ['missing', { headers: { 'content-range': undefined } }],
    ['of another total', { headers: { 'content-range': `bytes ${2 * MiB}-${content.byteLength - 1}/99999999` } }],
    ['of an unknown total', { headers: { 'content-range': `bytes ${2 * MiB}-${content.byteLength - 1}/*` } }],
    ['in a multipart', { headers: { 'content-type': 'multipart/byteranges; boundary=x' } }],
  ])('refuses a 206 whose Content-Range is %s, and asks for the whole file', async (_name, options) => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, afterACut(serve(options)));
    expect((await bench.fetch(server.url, { expected })).sha256).toBe(sha256);
    expect(server.ranges).toEqual([undefined, 'bytes=2097152-', undefined]);
  });

  it('takes a range that is shorter than what was asked for', async () => {
    await using bench = await openWorkbench();
    const some = content.subarray(2 * MiB, 3 * MiB);
    const short: Answer = ({ response }) => {
      const range = `bytes ${2 * MiB}-${3 * MiB - 1}/${content.byteLength}`;
      response.writeHead(206, { 'content-range': range, 'content-length': some.byteLength, etag: '"v1"' }).end(some);
    };
    await using server = await startByteServer(content, afterACut(short));
    expect((await bench.fetch(server.url, { expected })).sha256).toBe(sha256);
    expect(server.ranges).toEqual([undefined, 'bytes=2097152-', 'bytes=3145728-']);
  });

  it('refuses a part of a file that was asked for whole', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [serve({ status: 206 })]);
    await expect(bench.fetch(server.url, { expected })).rejects.toMatchObject({ code: 'transfer.bad-answer' });
  });

  it('takes a 416 with our size for the end of the file, and verifies it', async () => {
    await using bench = await openWorkbench();
    const withoutLength = { headers: { 'content-length': undefined } };
    const all = serve({ ...withoutLength, cutAfterBytes: content.byteLength, cutBy: 'end' });
    await using server = await startByteServer(content, [all]);
    const fetched = await bench.fetch(server.url, { expected: { sha256 } });
    expect(fetched).toMatchObject({ sha256, verified: 'sha256', bytesFetched: content.byteLength });
    expect(server.requests).toHaveLength(2);
  });

  it('begins again after any other 416', async () => {
    await using bench = await openWorkbench();
    const unsatisfied: Answer = ({ response }) => void response.writeHead(416, { 'content-range': 'bytes */17' }).end();
    await using server = await startByteServer(content, afterACut(unsatisfied));
    expect((await bench.fetch(server.url, { expected })).sha256).toBe(sha256);
    expect(server.ranges).toEqual([undefined, 'bytes=2097152-', undefined]);
  });
});

describe('a source that changes', () => {
  const other = content.toReversed();

  const rangeOfAnother: Answer = (exchange) => {
    delete exchange.request.headers['if-range'];
    exchange.serve({ bytes: other, etag: '"v2"' });
  };

  it.each([
    ['200', serve({ bytes: other, etag: '"v2"' })],
    ['206', rangeOfAnother],
  ])('is fetched from the start when it tells with a %s', async (_status, answer) => {
    await using bench = await openWorkbench();
    const rest = serve({ bytes: other, etag: '"v2"' });
    await using server = await startByteServer(content, [...afterACut(answer), rest]);
    expect((await bench.fetch(server.url)).sha256).toBe(sha256Of(other));
  });

  it('is given up when it changes again', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [
      cut('end'),
      cut('end', { bytes: other, etag: '"v2"' }),
      serve({ etag: '"v3"' }),
    ]);
    await expect(bench.fetch(server.url)).rejects.toMatchObject({ code: 'transfer.source-changed' });
  });

  it('is noticed at the first answer when the caller knows its ETag', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const call = bench.fetch(server.url, { expected: { etag: 'another' } });
    await expect(call).rejects.toMatchObject({ code: 'transfer.source-changed' });
    expect((await bench.fetch(server.url, { expected: { etag: 'v1' } })).sha256).toBe(sha256);
  });
});

describe('overload and refusal', () => {
  it.each([408, 429, 500, 502, 503, 504])('asks again after a %i', async (status) => {
    await using bench = await openWorkbench();
    const fail: Answer = ({ response }) => void response.writeHead(status).end('no');
    await using server = await startByteServer(content, [fail, fail]);
    expect((await bench.fetch(server.url, { expected })).sha256).toBe(sha256);
  });

  it('waits for as long as it is told to', async () => {
    await using bench = await openWorkbench();
    const limited: Answer = ({ response }) =>
      void response.writeHead(429, { 'retry-after': '7', ratelimit: '"resolvers";r=0;t=40' }).end();
    await using server = await startByteServer(content, [limited]);
    expect((await bench.fetch(server.url, { expected, random: () => 0.5 })).sha256).toBe(sha256);
    expect(bench.sleeps).toContain(40_500);
  });

  it('does not wait for more than ten minutes', async () => {
    await using bench = await openWorkbench();
    const limited: Answer = ({ response }) => void response.writeHead(503, { 'retry-after': '3600' }).end();
    await using server = await startByteServer(content, [limited]);
    const call = bench.fetch(server.url, { expected });
    await expect(call).rejects.toMatchObject({ code: 'network.rate-limited', facts: { retryAfterMs: 3_600_000 } });
    expect(server.requests).toHaveLength(1);
  });

  it.each([401, 403, 404, 410])('does not ask again after a %i', async (status) => {
    await using bench = await openWorkbench();
    const refuse: Answer = ({ response }) => void response.writeHead(status).end();
    await using server = await startByteServer(content, [refuse]);
    await expect(bench.fetch(server.url, { expected })).rejects.toMatchObject({
      code: 'network.status',
      facts: { status },
    });
    expect(server.requests).toHaveLength(1);
    expect(await bench.names()).toEqual([]);
  });

  it('gets a new signed address when one has expired', async () => {
    await using bench = await openWorkbench();
    const expired: Answer = ({ response }) => void response.writeHead(403).end('expired');
    await using cdn = await startByteServer(content, [cut('end'), expired, expired]);
    const redirect: Answer = ({ response }) =>
      void response.writeHead(302, { location: `${cdn.url}?Signature=secret` }).end();
    await using hub = await startByteServer(
      content,
      Array.from({ length: 9 }, () => redirect),
    );
    expect(await bench.fetch(hub.url, { expected })).toMatchObject({ sha256, bytesFetched: content.byteLength });
    expect(hub.requests).toHaveLength(4);
    expect(bench.sleeps).toHaveLength(1);
  });

  it('does not ask for signed addresses for ever', async () => {
    await using bench = await openWorkbench();
    const expired: Answer = ({ response }) => void response.writeHead(403).end('expired');
    await using cdn = await startByteServer(
      content,
      Array.from({ length: 20 }, () => expired),
    );
    const redirect: Answer = ({ response }) =>
      void response.writeHead(302, { location: `${cdn.url}?Signature=secret` }).end();
    await using hub = await startByteServer(
      content,
      Array.from({ length: 20 }, () => redirect),
    );
    const error = await bench.fetch(hub.url, { expected }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'transfer.interrupted',
      cause: { code: 'network.status', facts: { status: 403 } },
    });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(hub.requests).toHaveLength(5);
  });
});

describe('answers that are no file', () => {
  it.each([
    ['with a length', {}],
    ['without a length', { 'transfer-encoding': 'chunked' }],
  ])('refuses a web page %s and stores nothing', async (_name, headers) => {
    await using bench = await openWorkbench();
    const page: Answer = ({ response }) =>
      void response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
        .end('<html>log in</html>');
    await using server = await startByteServer(content, [page, page]);
    const call = bench.fetch(server.url, { expected: { sha256 } });
    await expect(call).rejects.toMatchObject({ code: 'transfer.bad-answer', facts: { reason: 'a web page' } });
    expect(server.requests).toHaveLength(1);
    expect(await bench.names()).toEqual([]);
  });

  it('fetches a file that is a web page', async () => {
    await using bench = await openWorkbench();
    const page = Buffer.from('<html></html>');
    const answer = serve({ headers: { 'content-type': 'text/html', 'content-length': undefined } });
    await using server = await startByteServer(page, [answer]);
    const fetched = await bench.fetch(server.url, { file: 'index.html', expected: { sha256: sha256Of(page) } });
    expect(fetched.verified).toBe('sha256');
  });

  it('refuses compressed bytes', async () => {
    await using bench = await openWorkbench();
    const zipped: Answer = ({ response }) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content.subarray(0, 1_000)));
    await using server = await startByteServer(content, [zipped]);
    const call = bench.fetch(server.url, { expected });
    await expect(call).rejects.toMatchObject({ code: 'network.body', facts: { reason: 'content-encoding' } });
    expect(await bench.names()).toEqual([]);
  });

  it('refuses a success without a file', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [({ response }) => void response.writeHead(204).end()]);
    await expect(bench.fetch(server.url, { expected })).rejects.toMatchObject({ code: 'transfer.bad-answer' });
  });
});

describe('wrong bytes', () => {
  const flipped = Buffer.from(content);
  flipped[1_000_000] = (flipped[1_000_000] ?? 0) ^ 1;

  it('are fetched once more', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [serve({ bytes: flipped })]);
    expect(await bench.fetch(server.url, { expected })).toMatchObject({ sha256, bytesFetched: 2 * content.byteLength });
    expect(await bench.names()).toEqual(['0.journal', '0.part']);
  });

  it('go to the quarantine the second time', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(flipped);
    const error = await bench.fetch(`${server.url}?token=secret`, { expected }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'transfer.integrity',
      facts: { file: 'model.bin', algorithm: 'sha256', expected: sha256, found: sha256Of(flipped) },
    });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(server.requests).toHaveLength(2);
    expect(await bench.names()).toEqual(['quarantine']);
    const [kept = ''] = await readdir(bench.quarantine);
    expect(sha256Of(await bench.read(join(bench.quarantine, kept)))).toBe(sha256Of(flipped));
  });

  it('are removed where there is no quarantine', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(flipped);
    const call = bench.fetch(server.url, { expected, quarantine: undefined });
    await expect(call).rejects.toMatchObject({ code: 'transfer.integrity' });
    expect(await bench.names()).toEqual([]);
  });
});

describe('offline', () => {
  const offline = new ModelkeepError('network.offline', {
    message: 'no network',
    facts: { url: 'http://hub.example/', systemCode: 'ENOTFOUND' },
  });

  it('fails at once when nothing came yet', async () => {
    await using bench = await openWorkbench();
    const http = { request: async () => Promise.reject(offline) };
    await expect(bench.fetch('http://hub.example/x', { expected, http })).rejects.toBe(offline);
    expect(bench.sleeps).toEqual([]);
  });

  it('waits without using up attempts when the network went away', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [cut('end')]);
    let requests = 0;
    const http: typeof bench.http.request = (request) => {
      requests += 1;
      return requests > 1 && requests < 12 ? Promise.reject(offline) : bench.http.request(request);
    };
    const fetched = await bench.fetch(server.url, { expected, http: { request: http } });
    expect(fetched).toMatchObject({ sha256, bytesFetched: content.byteLength });
  });
});
