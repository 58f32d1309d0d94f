import { getEventListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpRequest, HttpResponse } from '@modelkeep/core';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { openLibrary } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { createElectronTransport } from './electron-transport.ts';
import { FakeElectronNet } from './fake-electron.ts';

async function serve(
  answer: RequestListener,
): Promise<{ origin: string; openConnections(): Promise<number> } & AsyncDisposable> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    openConnections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not come to be so');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  ...more,
});

async function textOf({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a library over Electron', () => {
  it('downloads, through redirects, and leaves the token with the hub', async () => {
    const root = await mkdtemp(join(tmpdir(), 'modelkeep-electron-'));
    const content = buildFluxLora({ scale: 0.1 });
    await using hub = await startHub({
      repos: [{ id: 'acme/x', files: [{ path: 'x.safetensors', content, storage: 'lfs' }] }],
    });
    const net = new FakeElectronNet();
    await using library = await openLibrary({
      root: join(root, 'library'),
      hub: { endpoint: hub.hubUrl, token: 'canary' },
      transport: createElectronTransport(net),
      environment: {},
    });
    const { models } = await library.download(await library.planDownload('hf:acme/x')).result;
    expect(models).toMatchObject([{ type: 'lora', family: 'flux1' }]);
    expect(hub.requests.some(({ origin, headers }) => origin === 'cdn' && headers.authorization === undefined)).toBe(
      true,
    );
    expect(hub.requests.some(({ origin, headers }) => origin === 'cdn' && headers.authorization !== undefined)).toBe(
      false,
    );
    expect(net.requests.every(({ credentials, cache }) => credentials === 'omit' && cache === 'no-store')).toBe(true);
    await rm(root, { recursive: true, force: true });
  });
});

describe('createElectronTransport', () => {
  const transport = createElectronTransport(new FakeElectronNet());

  it('sends what it is given, and answers with lower-case headers and the bytes', async () => {
    await using server = await serve((request, response) => {
      response.writeHead(201, { 'X-Method': request.method ?? '', 'Set-Cookie': ['a=1', 'b=2'] });
      request.pipe(response);
    });
    const response = await transport.send({ ...get(server.origin), method: 'POST', body: '{"a":1}' });
    expect([response.status, response.headers['x-method'], response.headers['set-cookie']]).toEqual([
      201,
      'POST',
      'a=1, b=2',
    ]);
    expect(await textOf(response)).toBe('{"a":1}');
    const bytes = await transport.send({ ...get(server.origin), method: 'POST', body: new TextEncoder().encode('ü') });
    expect(await textOf(bytes)).toBe('ü');
  });

  it('answers a redirect with its headers and does not follow it', async () => {
    const paths: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/next?Signature=s', 'X-Linked-Size': '5' }).end('gone');
    });
    const response = await transport.send(get(`${server.origin}/start`));
    expect([response.status, response.headers['x-linked-size']]).toEqual([302, '5']);
    expect(new URL(response.headers['location'] ?? '', server.origin).pathname).toBe('/next');
    expect([await textOf(response), paths]).toEqual(['', ['/start']]);
  });

  it('rejects with the reason of an abort, before, meanwhile and in the body, and leaves nothing behind', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'content-length': 100 }).write('12345');
    });
    const reason = { why: 'not even an Error' };
    const aborted = transport.send(get(server.origin, { signal: AbortSignal.abort(reason) }));
    await expect(aborted).rejects.toBe(reason);
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = expect(transport.send(get(server.origin, { signal }))).rejects.toBe(reason);
    const reader = (await transport.send(get(`${server.origin}/body`, { signal }))).body[Symbol.asyncIterator]();
    expect((await reader.next()).done).toBe(false);
    const reading = expect(reader.next()).rejects.toBe(reason);
    controller.abort(reason);
    await Promise.all([waiting, reading]);
    expect((await reader.next()).done).toBe(true);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await until(async () => (await server.openConnections()) === 0);
  });

  it('ends the request when a loop over the body is left early, or never begun', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 }).write('12345');
    });
    const { signal } = new AbortController();
    for await (const chunk of (await transport.send(get(server.origin, { signal }))).body) {
      expect(Buffer.from(chunk).toString()).toBe('12345');
      break;
    }
    await (await transport.send(get(server.origin, { signal }))).body[Symbol.asyncIterator]().return?.();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await until(async () => (await server.openConnections()) === 0);
  });

  it('buffers a bounded part of what nobody reads, and then gives all of it', async () => {
    const size = 64 * 1_048_576;
    let isSent = false;
    await using server = await serve((_request, response) => {
      response.on('finish', () => {
        isSent = true;
      });
      response.end(Buffer.alloc(size, 7));
    });
    const { body } = await transport.send(get(server.origin, { idleTimeoutMs: 300 }));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(isSent).toBe(false);
    let received = 0;
    for await (const chunk of body) received += chunk.byteLength;
    expect(received).toBe(size);
  });

  it('keeps the time limits that it can', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'content-length': 100 }).write('12345');
    });
    await expect(
      transport.send(get(server.origin, { connectTimeoutMs: 20, headersTimeoutMs: 30 })),
    ).rejects.toMatchObject({ code: 'network.timeout', facts: { phase: 'headers', timeoutMs: 50 } });
    const idle = await transport.send(get(`${server.origin}/body`, { idleTimeoutMs: 50 }));
    await expect(textOf(idle)).rejects.toMatchObject({ code: 'network.timeout', facts: { phase: 'idle' } });
    const total = await transport.send(get(`${server.origin}/body`, { totalTimeoutMs: 80 }));
    await expect(textOf(total)).rejects.toMatchObject({ code: 'network.timeout', facts: { phase: 'total' } });
    await until(async () => (await server.openConnections()) === 0);
  });

  it('types what breaks', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/reset') request.socket.resetAndDestroy();
      else {
        response.writeHead(200, { 'content-length': 100 }).write('12345');
        setTimeout(() => request.socket.destroy(), 30);
      }
    });
    const closed = await serve(() => {});
    await closed[Symbol.asyncDispose]();
    const failures = [
      [`${closed.origin}/x?token=secret`, 'CONNECTION_REFUSED'],
      [`${server.origin}/reset`, 'CONNECTION_RESET'],
    ] as const;
    for (const [url, systemCode] of failures) {
      const error: unknown = await transport.send(get(url)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'network.connection', facts: { systemCode } });
      expect(JSON.stringify(error)).not.toContain('secret');
    }
    await expect(textOf(await transport.send(get(server.origin)))).rejects.toMatchObject({
      code: 'network.connection',
      facts: { systemCode: 'CONTENT_LENGTH_MISMATCH' },
    });
    const restricted = transport.send(get(server.origin, { headers: { host: 'other.example' } }));
    await expect(restricted).rejects.toMatchObject({ facts: { systemCode: 'INVALID_ARGUMENT' } });
  });

  it('takes what Chromium says of a missing network for being offline', async () => {
    const offline = createElectronTransport({
      request() {
        const request = new FakeElectronNet().request({
          method: 'GET',
          url: 'http://127.0.0.1:1/',
          headers: {},
          redirect: 'manual',
          credentials: 'omit',
          cache: 'no-store',
        });
        process.nextTick(() => request.emit('error', new Error('net::ERR_INTERNET_DISCONNECTED')));
        return request;
      },
    });
    await expect(offline.send(get('https://hub.example/'))).rejects.toMatchObject({ code: 'network.offline' });
  });
});
