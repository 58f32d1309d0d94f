import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { systemClock } from '@modelkeep/core';
import { expect, test } from 'vitest';
import { headerOf, jsonOf, probe } from './http/probe.ts';
import type { RepoDefinition } from './repo-definition.ts';
import { startHub } from './start-hub.ts';

const repo: RepoDefinition = {
  id: 'acme/tiny',
  files: [
    { path: 'config.json', content: Buffer.from('hello\n') },
    { path: 'model.bin', content: Buffer.alloc(100_000, 7) },
  ],
};

test('two origins on different ports of the loopback address', async () => {
  await using hub = await startHub();
  expect(hub.hubUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(hub.cdnUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(hub.cdnUrl).not.toBe(hub.hubUrl);
  expect(jsonOf(await probe(`${hub.hubUrl}/api/models`))).toEqual([]);
});

test('close destroys idle and stalled connections, frees the ports, and can be called twice', async () => {
  const hub = await startHub({ repos: [repo] });
  hub.faults.arm({ when: { pathPattern: 'stalled' }, fault: { kind: 'stall-before-headers' } });
  const idle = connect(Number(new URL(hub.hubUrl).port), '127.0.0.1');
  await once(idle, 'connect');
  const idleClosed = once(idle, 'close');
  const stalled = probe(`${hub.hubUrl}/api/models?search=stalled`);
  while (hub.requests.length === 0 || hub.requests[0]?.fault === null) await new Promise(setImmediate);
  await Promise.all([hub.close(), hub.close()]);
  await idleClosed;
  expect(await stalled).toMatchObject({ status: null, complete: false, errorCode: 'ECONNRESET' });
  expect(await probe(`${hub.hubUrl}/api/models`)).toMatchObject({ errorCode: 'ECONNREFUSED' });
  expect(await probe(`${hub.cdnUrl}/`)).toMatchObject({ errorCode: 'ECONNREFUSED' });
});

test('a port that is taken is the system error, and nothing stays open', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  await expect(startHub({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  taken.close();
});

test('a chosen port, and the name by which the client came', async () => {
  const probed = createServer().listen(0, '127.0.0.1');
  await once(probed, 'listening');
  const { port } = probed.address() as { port: number };
  probed.close();
  await once(probed, 'close');
  await using hub = await startHub({ port, repos: [repo] });
  expect(hub.hubUrl).toBe(`http://127.0.0.1:${port}`);
  const headers = { host: `localhost:${port}` };
  const named = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/model.bin`, { headers });
  expect(headerOf(named, 'location').startsWith(hub.cdnUrl.replace('127.0.0.1', 'localhost'))).toBe(true);
  const forged = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/model.bin`, { headers: { host: 'evil/path' } });
  expect(headerOf(forged, 'location').startsWith(hub.cdnUrl)).toBe(true);
});

test('the log has every request with what became of it', async () => {
  const nowMs = 1_700_000_000_000;
  await using hub = await startHub({ repos: [repo], clock: { ...systemClock, now: () => nowMs } });
  const redirect = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/model.bin?a=b`, { headers: { 'x-mark': '1' } });
  await probe(headerOf(redirect, 'location'), { headers: { range: 'bytes=0-99' } });
  await probe(headerOf(redirect, 'location'), { method: 'HEAD' });
  expect(hub.requests).toMatchObject([
    {
      origin: 'hub',
      method: 'GET',
      path: '/acme/tiny/resolve/main/model.bin',
      url: '/acme/tiny/resolve/main/model.bin?a=b',
      status: 302,
      headers: { 'x-mark': '1' },
      atMs: nowMs,
      fault: null,
    },
    { origin: 'cdn', method: 'GET', status: 206, bytesSent: 100, headers: { range: 'bytes=0-99' } },
    { origin: 'cdn', method: 'HEAD', status: 200, bytesSent: 0 },
  ]);
  hub.resetRequests();
  expect(hub.requests).toEqual([]);
});

test('every answer of the hub carries the rate limit, redirects and errors count, and the limit is a 429', async () => {
  await using hub = await startHub({
    repos: [repo],
    rateLimit: { windowMs: 60_000, anonymous: { api: 2, resolvers: 1 }, authenticated: { api: 9 } },
  });
  const left: string[] = [];
  for (const path of ['/api/models', '/api/models/no/thing', '/api/models', '/acme/tiny/resolve/main/config.json']) {
    const answer = await probe(`${hub.hubUrl}${path}`);
    expect(headerOf(answer, 'ratelimit-policy')).toMatch(/^"fixed window";"(?:api|resolvers)";q=\d;w=60$/);
    left.push(`${String(answer.status)} ${headerOf(answer, 'ratelimit').replace(/;t=\d+$/, '')}`);
  }
  expect(left).toEqual(['200 "api";r=1', '401 "api";r=0', '429 "api";r=0', '307 "resolvers";r=0']);
  const refused = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/config.json`);
  expect(refused.status).toBe(429);
  expect(refused.headers).not.toHaveProperty('retry-after');
  const token = await probe(`${hub.hubUrl}/api/models`, { headers: { authorization: 'Bearer x' } });
  expect(headerOf(token, 'ratelimit')).toMatch(/^"api";r=8;t=\d+$/);
});

test('the rate limit can be off', async () => {
  await using hub = await startHub({ rateLimit: 'off' });
  expect((await probe(`${hub.hubUrl}/api/models`)).headers).not.toHaveProperty('ratelimit');
});

test('the pace of the servers: latency before an answer, bytes per second within it', async () => {
  await using hub = await startHub({ repos: [repo], latencyMs: 60 });
  const started = performance.now();
  const redirect = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/model.bin`);
  expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  hub.setPace({ bytesPerSecond: 500_000 });
  const body = performance.now();
  const answer = await probe(headerOf(redirect, 'location'));
  expect(answer.bytes).toHaveLength(100_000);
  expect(performance.now() - body).toBeGreaterThanOrEqual(190);
});

test('a client that leaves a slow answer ends it', async () => {
  await using hub = await startHub({ repos: [repo] });
  const location = headerOf(await probe(`${hub.hubUrl}/acme/tiny/resolve/main/model.bin`), 'location');
  hub.setPace({ bytesPerSecond: 10_000 });
  const answer = await probe(location, { leaveAfterBytes: 1 });
  expect(answer).toMatchObject({ status: 200, left: true, complete: false });
  expect(hub.requests.at(-1)?.bytesSent).toBeLessThan(100_000);
});

test('content that breaks: a 500 before the answer, a cut connection within it', async () => {
  let broken = false;
  const read = (offsetBytes: number, lengthBytes: number): Uint8Array => {
    if (broken && offsetBytes > 0) throw new Error('the disk is gone');
    return new Uint8Array(lengthBytes);
  };
  await using hub = await startHub({
    repos: [{ id: 'acme/lazy', files: [{ path: 'a.bin', content: { sizeBytes: 3_000_000, read } }] }],
  });
  const location = headerOf(await probe(`${hub.hubUrl}/acme/lazy/resolve/main/a.bin`), 'location');
  broken = true;
  expect(await probe(location)).toMatchObject({ status: 200, complete: false });
  await using lazy = await startHub({
    lazyHashing: true,
    repos: [{ id: 'acme/lazy', files: [{ path: 'a.bin', content: { sizeBytes: 3_000_000, read } }] }],
  });
  expect(jsonOf(await probe(`${lazy.hubUrl}/api/models`))).toHaveLength(1);
  const failed = await probe(`${lazy.hubUrl}/api/models/acme/lazy`);
  expect(failed.status).toBe(500);
  expect(failed.headers['x-error-message']).toContain('the disk is gone');
});

test('repos are added once and are known by name', async () => {
  await using hub = await startHub({ repos: [repo] });
  await expect(hub.addRepo(repo)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  const commit = await hub.addRepo({ ...repo, type: 'dataset' });
  expect(await hub.commitOf('acme/tiny', { type: 'dataset' })).toBe(commit);
  await expect(hub.commitOf('acme/tiny', { revision: 'x' })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  expect(() => hub.changeRepo('acme/nothing', {})).toThrow('The hub has no model acme/nothing');
  await expect(startHub({ repos: [repo, repo] })).rejects.toMatchObject({ code: 'core.invalid-argument' });
});

test('many clients that leave in the middle do no harm', async () => {
  const content = { sizeBytes: 50_000_000, read: (_: number, lengthBytes: number) => new Uint8Array(lengthBytes) };
  await using hub = await startHub({ repos: [{ id: 'acme/large', files: [{ path: 'a.bin', content }] }] });
  const location = headerOf(await probe(`${hub.hubUrl}/acme/large/resolve/main/a.bin`), 'location');
  const { port } = new URL(hub.cdnUrl);
  for (let count = 0; count < 30; count += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${location.slice(hub.cdnUrl.length)} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    await once(socket, 'data');
    if (count % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
  }
  const answer = await probe(location, { headers: { range: 'bytes=-5' } });
  expect(answer).toMatchObject({ status: 206, complete: true });
});
