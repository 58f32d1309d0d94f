import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { headerOf, jsonOf, probe } from '../hub/http/probe.ts';
import { startFaultScene, type FaultScene } from './fault-scene.ts';
import type { Fault } from './fault.ts';

let scene: FaultScene;

beforeAll(async () => {
  scene = await startFaultScene();
});

afterEach(() => {
  scene.hub.faults.clear();
  scene.hub.resetRequests();
});

afterAll(() => scene[Symbol.asyncDispose]());

function arm(fault: Fault): ReturnType<FaultScene['hub']['faults']['arm']> {
  return scene.hub.faults.arm({ when: { origin: 'cdn' }, fault });
}

async function isWhole(): Promise<boolean> {
  const answer = await probe(scene.weightsUrl);
  return answer.status === 200 && answer.complete && answer.bytes.equals(scene.weights);
}

test('a reset after some bytes breaks the connection, and the next request is served', async () => {
  const armed = arm({ kind: 'reset', afterBytes: 100_000 });
  const answer = await probe(scene.weightsUrl);
  expect(answer).toMatchObject({ status: 200, complete: false, errorCode: 'ECONNRESET' });
  expect(headerOf(answer, 'content-length')).toBe('300000');
  expect(answer.bytes.length).toBeLessThanOrEqual(100_000);
  expect(answer.bytes.equals(scene.weights.subarray(0, answer.bytes.length))).toBe(true);
  expect(scene.hub.requests).toMatchObject([{ status: 200, bytesSent: 100_000, fault: 'reset' }]);
  expect(armed.hits).toBe(1);
  expect(await isWhole()).toBe(true);
});

test('a reset before the headers gives no status', async () => {
  arm({ kind: 'reset-before-headers' });
  expect(await probe(scene.weightsUrl)).toMatchObject({ status: null, errorCode: 'ECONNRESET' });
  expect(scene.hub.requests).toMatchObject([{ status: null, bytesSent: 0, fault: 'reset-before-headers' }]);
});

test('a stall sends some bytes and stays silent on an open connection', async () => {
  for (const afterBytes of [0, 1_000, 200_000]) {
    arm({ kind: 'stall', afterBytes });
    const answer = await probe(scene.weightsUrl, { leaveAfterBytes: afterBytes });
    expect(answer).toMatchObject({ status: 200, left: true, complete: false });
    expect(answer.bytes).toHaveLength(afterBytes);
  }
});

test('a stall before the headers', async () => {
  arm({ kind: 'stall-before-headers' });
  expect(await probe(scene.weightsUrl, { leaveAfterBytes: 'at-once' })).toMatchObject({ status: null, left: true });
});

test('a truncated body with the right Content-Length', async () => {
  arm({ kind: 'truncate', afterBytes: 123_456 });
  const answer = await probe(scene.weightsUrl);
  expect(answer).toMatchObject({ status: 200, complete: false, errorCode: 'ECONNRESET' });
  expect(headerOf(answer, 'content-length')).toBe('300000');
  expect(answer.bytes.equals(scene.weights.subarray(0, 123_456))).toBe(true);
});

test('a truncated chunked body lacks its last chunk', async () => {
  arm({ kind: 'truncate', afterBytes: 1_000, framing: 'chunked' });
  const answer = await probe(scene.weightsUrl);
  expect(headerOf(answer, 'transfer-encoding')).toBe('chunked');
  expect(answer.headers).not.toHaveProperty('content-length');
  expect(answer).toMatchObject({ status: 200, complete: false });
  expect(answer.bytes).toHaveLength(1_000);
});

test('a truncated close-delimited body looks complete', async () => {
  arm({ kind: 'truncate', afterBytes: 1_000, framing: 'close' });
  const answer = await probe(scene.weightsUrl);
  expect(answer.headers).not.toHaveProperty('content-length');
  expect(answer.headers).not.toHaveProperty('transfer-encoding');
  expect(answer).toMatchObject({ status: 200, complete: true, errorCode: null });
  expect(answer.bytes).toHaveLength(1_000);
});

test('a Content-Length that promises more bytes than come', async () => {
  arm({ kind: 'wrong-content-length', deltaBytes: 10 });
  const answer = await probe(scene.weightsUrl);
  expect(headerOf(answer, 'content-length')).toBe('300010');
  expect(answer).toMatchObject({ complete: false, errorCode: 'ECONNRESET' });
  expect(answer.bytes.equals(scene.weights)).toBe(true);
});

test('a Content-Length that is too small cuts the file without an error', async () => {
  arm({ kind: 'wrong-content-length', deltaBytes: -10 });
  const answer = await probe(scene.weightsUrl);
  expect(headerOf(answer, 'content-length')).toBe('299990');
  expect(answer.bytes.equals(scene.weights.subarray(0, 299_990))).toBe(true);
});

test('one bit flips at the place of the file, in a whole body and in a range', async () => {
  const expected = Buffer.from(scene.weights);
  expected[200_000] = (expected[200_000] ?? 0) ^ 0b1000;
  const fault: Fault = { kind: 'flip-bit', offsetBytes: 200_000, bit: 3 };
  arm(fault);
  expect((await probe(scene.weightsUrl)).bytes.equals(expected)).toBe(true);
  expect(await isWhole()).toBe(true);
  arm(fault);
  const before = await probe(scene.weightsUrl, { headers: { range: 'bytes=0-199999' } });
  expect(before.bytes.equals(scene.weights.subarray(0, 200_000))).toBe(true);
  const within = await probe(scene.weightsUrl, { headers: { range: 'bytes=199000-200999' } });
  expect(within.bytes.equals(expected.subarray(199_000, 201_000))).toBe(true);
  expect(scene.hub.requests.map(({ fault }) => fault)).toEqual(['flip-bit', null, null, 'flip-bit']);
});

test('the default bit is the lowest', async () => {
  arm({ kind: 'flip-bit', offsetBytes: 0 });
  expect((await probe(scene.weightsUrl)).bytes[0]).toBe(1);
});

test('gzip that was not asked for', async () => {
  arm({ kind: 'gzip' });
  const answer = await probe(scene.weightsUrl, { headers: { 'accept-encoding': 'identity' } });
  expect(headerOf(answer, 'content-encoding')).toBe('gzip');
  expect(gunzipSync(answer.bytes).equals(scene.weights)).toBe(true);
});

test('a slow body keeps to its rate', async () => {
  arm({ kind: 'slow', bytesPerSecond: 1_500_000 });
  const started = performance.now();
  expect(await isWhole()).toBe(true);
  expect(performance.now() - started).toBeGreaterThanOrEqual(190);
});

test('faults of the body pass by what has no such body', async () => {
  const faults: Fault[] = [
    { kind: 'reset', afterBytes: 300_000 },
    { kind: 'truncate', afterBytes: 300_000 },
    { kind: 'flip-bit', offsetBytes: 300_000 },
    { kind: 'wrong-content-length', deltaBytes: -300_001 },
  ];
  const armed = faults.map((fault) => arm(fault));
  expect(await isWhole()).toBe(true);
  armed.push(arm({ kind: 'stall', afterBytes: 0 }), arm({ kind: 'slow', bytesPerSecond: 1 }));
  expect(await probe(scene.weightsUrl, { method: 'HEAD' })).toMatchObject({ status: 200, complete: true });
  expect((await probe(`${scene.hub.cdnUrl}/nothing`)).status).toBe(403);
  expect(armed.map(({ hits }) => hits)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('documents of the API can be broken as well', async () => {
  scene.hub.faults.arm({ when: { origin: 'hub' }, fault: { kind: 'flip-bit', offsetBytes: 0 } });
  const url = `${scene.hub.hubUrl}/api/models/acme/tiny`;
  const answer = await probe(url);
  expect(() => jsonOf(answer)).toThrow(SyntaxError);
  expect(jsonOf(await probe(url))).toMatchObject({ id: 'acme/tiny' });
});

test('a compressed git file has no bit at a place of the file', async () => {
  const armed = scene.hub.faults.arm({ when: { origin: 'hub' }, fault: { kind: 'flip-bit', offsetBytes: 0 } });
  const doubled = scene.hub.faults.arm({ when: { origin: 'hub' }, fault: { kind: 'gzip' } });
  const answer = await probe(scene.configUrl, { headers: { 'accept-encoding': 'gzip' } });
  expect(gunzipSync(answer.bytes).toString()).toBe('hello\n');
  expect([armed.hits, doubled.hits]).toEqual([0, 0]);
});
