import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HttpResponse } from '@modelkeep/core';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../fixtures/test-certificates.ts';
import { createReadBuffers, type ReadBuffers } from './read-buffers.ts';
import { createUndiciTransport, type UndiciTransport } from './undici-transport.ts';

const content = randomBytes(24 * 1024 * 1024 + 5);
const opened: (UndiciTransport | Server)[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function serve(scheme: 'http' | 'https'): Promise<{ url: string; transport: UndiciTransport }> {
  const { server: pair, authority } = await makeCertificates();
  const server = scheme === 'http' ? createServer() : createTlsServer(pair);
  server.on('request', (request, response) => {
    if (request.url === '/chunked') response.write(content.subarray(0, 10_000));
    else response.setHeader('content-length', content.byteLength);
    response.end(request.url === '/chunked' ? content.subarray(10_000) : content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = createUndiciTransport({ certificateAuthorities: [authority] });
  opened.push(transport, server);
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, transport };
}

function get(transport: UndiciTransport, url: string): Promise<HttpResponse> {
  return transport.send({ method: 'GET', url, headers: {}, http2: false, privateAddresses: 'allow' });
}

describe.each(['http', 'https'] as const)('a body over %s', (scheme) => {
  it.each(['/whole', '/chunked'])(
    'is right while its memory is used again, and used again it is (%s)',
    async (path) => {
      const { url, transport } = await serve(scheme);
      const seen = new Set<ArrayBufferLike>();
      let chunks = 0;
      let at = 0;
      const { body, giveBack } = await get(transport, url + path);
      for await (const chunk of body) {
        chunks += 1;
        seen.add(chunk.buffer);
        expect(Buffer.compare(chunk, content.subarray(at, at + chunk.byteLength))).toBe(0);
        at += chunk.byteLength;
        giveBack?.(chunk);
      }
      expect(at).toBe(content.byteLength);
      if (path === '/whole') expect(seen.size).toBeLessThan(chunks / 2);
    },
  );

  it('stays as it is in chunks that are not given back, and the next request gets its own', async () => {
    const { url, transport } = await serve(scheme);
    for (let round = 0; round < 2; round += 1) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await get(transport, `${url}/whole`)).body) chunks.push(chunk);
      expect(Buffer.compare(Buffer.concat(chunks), content)).toBe(0);
    }
  });

  it('that nobody reads is not taken into memory', async () => {
    const { url, transport } = await serve(scheme);
    const { body, giveBack } = await get(transport, `${url}/whole`);
    const iterator = body[Symbol.asyncIterator]();
    const first = await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (first.done !== true) giveBack?.(first.value);
    let at = first.done === true ? 0 : first.value.byteLength;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      expect(Buffer.compare(next.value, content.subarray(at, at + next.value.byteLength))).toBe(0);
      at += next.value.byteLength;
    }
    expect(at).toBe(content.byteLength);
  });
});

describe('the memory of a read', () => {
  interface Setup extends ReadBuffers {
    readonly read: (lengthBytes: number) => ArrayBufferLike;
    readonly next: () => ArrayBufferLike;
  }
  function setup(): Setup {
    const buffers = createReadBuffers();
    const { onread } = buffers;
    const socket = { push: () => true, readableLength: 0 };
    return {
      ...buffers,
      next: () => onread.buffer().buffer,
      read(lengthBytes) {
        const buffer = onread.buffer();
        expect(onread.callback.call(socket, lengthBytes, buffer)).toBe(true);
        return buffer.buffer;
      },
    };
  }

  it('is free when all of its chunks are given back, in whatever order', () => {
    const { read, lend, giveBack, next } = setup();
    const buffer = read(50_000);
    const [first, second] = [new Uint8Array(buffer, 10_000, 15_000), new Uint8Array(buffer, 30_000, 20_000)];
    lend(first);
    lend(second);
    giveBack(second);
    expect(next()).not.toBe(buffer);
    giveBack(first);
    expect(next()).toBe(buffer);
    expect(next()).not.toBe(buffer);
  });

  it('is not free while more of it may come, or never', () => {
    const { read, lend, giveBack, next } = setup();
    const buffer = read(50_000);
    const first = new Uint8Array(buffer, 0, 25_000);
    lend(first);
    giveBack(first);
    expect(next()).not.toBe(buffer);
    const last = new Uint8Array(buffer, 30_000, 20_000);
    lend(last);
    giveBack(last);
    giveBack(last);
    expect(next()).toBe(buffer);
    expect(next()).not.toBe(buffer);
  });

  it('may have been that of a large body', () => {
    const { takeMemory, lend, giveBack, complete, next } = setup();
    const large = takeMemory(512 * 1024);
    const chunk = new Uint8Array(large, 0, 300_000);
    lend(chunk);
    complete(large);
    expect(next()).not.toBe(large);
    giveBack(chunk);
    expect(next()).toBe(large);
    expect(next()).not.toBe(large);
  });

  it('is not mixed up with other memory', () => {
    const { lend, giveBack, next } = setup();
    const other = new Uint8Array(new SharedArrayBuffer(100));
    lend(other);
    giveBack(other);
    giveBack(new Uint8Array(10));
    expect(next()).not.toBe(other.buffer);
  });

  it('is free at once after a read that brought little', () => {
    const { onread } = createReadBuffers();
    const pushed: Uint8Array[] = [];
    const socket = { push: (chunk: Uint8Array) => pushed.push(chunk) > 0, readableLength: 1 };
    const first = onread.buffer();
    first[0] = 7;
    expect(onread.callback.call(socket, 1, first)).toBe(false);
    const second = onread.buffer();
    expect(second.buffer).toBe(first.buffer);
    second[0] = 8;
    onread.callback.call(socket, 1, second);
    expect(pushed.map((chunk) => [...chunk])).toEqual([[7], [8]]);
    expect(pushed.map(({ buffer }) => buffer.byteLength)).toEqual([1, 1]);
  });

  it('holds one read of a socket that nobody reads from', () => {
    const { onread } = createReadBuffers();
    const socket = { push: () => false, readableLength: 5 };
    expect(onread.callback.call(socket, 5, onread.buffer())).toBe(false);
  });
});
