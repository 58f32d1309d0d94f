import { systemClock } from '@modelkeep/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { headerOf, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

const weights = Buffer.from(Uint8Array.from({ length: 5000 }, (_, index) => index % 251));
let hub: LocalHub;
let url = '';
let nowMs = Date.now();

beforeAll(async () => {
  hub = await startHub({
    clock: { ...systemClock, now: () => nowMs },
    signedUrlSeconds: 60,
    repos: [{ id: 'acme/tiny', files: [{ path: 'unet/model.safetensors', content: weights }] }],
  });
});

beforeEach(async () => {
  url = headerOf(await probe(`${hub.hubUrl}/acme/tiny/resolve/main/unet/model.safetensors`), 'location');
});

afterAll(() => hub.close());

test('200, 206 and 416 with the headers of a CDN', async () => {
  const whole = await probe(url);
  expect([whole.status, whole.bytes.equals(weights), whole.complete]).toEqual([200, true, true]);
  expect(whole.headers).toMatchObject({ 'content-length': '5000', 'accept-ranges': 'bytes' });
  expect(headerOf(whole, 'content-disposition')).toContain('filename="model.safetensors"');
  const part = await probe(url, { headers: { range: 'bytes=100-199' } });
  expect([part.status, part.bytes.equals(weights.subarray(100, 200))]).toEqual([206, true]);
  expect(part.headers).toMatchObject({ 'content-range': 'bytes 100-199/5000', 'content-length': '100' });
  const beyond = await probe(url, { headers: { range: 'bytes=5000-' } });
  expect([beyond.status, headerOf(beyond, 'content-range')]).toEqual([416, 'bytes */5000']);
});

test('HEAD has the headers and no body', async () => {
  const head = await probe(url, { method: 'HEAD' });
  expect([head.status, headerOf(head, 'content-length'), head.bytes.length]).toEqual([200, '5000', 0]);
  const part = await probe(url, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
  expect([part.status, headerOf(part, 'content-length')]).toEqual([206, '10']);
});

test('If-Range holds for the same strong ETag only', async () => {
  const etag = headerOf(await probe(url, { method: 'HEAD' }), 'etag');
  const range = 'bytes=10-19';
  expect((await probe(url, { headers: { range, 'if-range': etag } })).status).toBe(206);
  for (const other of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2026 07:28:00 GMT']) {
    const whole = await probe(url, { headers: { range, 'if-range': other } });
    expect([whole.status, whole.bytes.length]).toEqual([200, 5000]);
  }
});

test('an expired URL is a 403 without the codes of the hub; the next resolve gives a fresh one', async () => {
  nowMs += 61_000;
  const expired = await probe(url);
  expect([expired.status, headerOf(expired, 'content-type')]).toEqual([403, 'application/xml']);
  expect(expired.bytes.toString()).toContain('Request has expired');
  expect(expired.headers).not.toHaveProperty('x-error-code');
  const redirect = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/unet/model.safetensors`);
  expect((await probe(headerOf(redirect, 'location'))).status).toBe(200);
});

test('a changed signature, a missing one and another path are refused', async () => {
  const [path = '', query = ''] = url.split('?');
  for (const wrong of [path, `${url}0`.replace('Signature=', 'Signature=0'), `${hub.cdnUrl}/elsewhere?${query}`]) {
    expect((await probe(wrong)).status, wrong).toBe(403);
  }
});

test('a token that leaks is refused and stays in the log', async () => {
  hub.resetRequests();
  const answer = await probe(url, { headers: { authorization: 'Bearer canary' } });
  expect(answer.status).toBe(403);
  expect(hub.requests).toMatchObject([
    { origin: 'cdn', method: 'GET', status: 403, headers: { authorization: 'Bearer canary' } },
  ]);
});

test('a removed repo and other methods', async () => {
  await hub.addRepo({ id: 'acme/gone', files: [{ path: 'x.bin', content: Buffer.from('x') }] });
  const gone = headerOf(await probe(`${hub.hubUrl}/acme/gone/resolve/main/x.bin`), 'location');
  hub.removeRepo('acme/gone');
  expect((await probe(gone)).status).toBe(404);
  expect((await probe(url, { method: 'POST' })).status).toBe(405);
});
