import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { headerOf, probe, type ProbeResult } from '../hub/http/probe.ts';
import { startFaultScene, type FaultScene } from './fault-scene.ts';
import type { Fault } from './fault.ts';

let scene: FaultScene;
const range = 'bytes=1000-1999';

beforeAll(async () => {
  scene = await startFaultScene();
});

afterEach(() => scene.hub.faults.clear());

afterAll(() => scene[Symbol.asyncDispose]());

/** A request without a range passes by, then the ranged one is struck. */
async function rangedWith(fault: Fault): Promise<ProbeResult> {
  const armed = scene.hub.faults.arm({ when: { origin: 'cdn' }, fault });
  expect((await probe(scene.weightsUrl)).bytes.equals(scene.weights)).toBe(true);
  expect(armed.hits).toBe(0);
  const answer = await probe(scene.weightsUrl, { headers: { range } });
  expect(armed.hits).toBe(1);
  return answer;
}

function part(): Buffer {
  return scene.weights.subarray(1000, 2000);
}

test('a Range that is ignored', async () => {
  const answer = await rangedWith({ kind: 'ignore-range' });
  expect(answer.status).toBe(200);
  expect(answer.headers).not.toHaveProperty('content-range');
  expect(answer.bytes.equals(scene.weights)).toBe(true);
});

test('a wrong Content-Range, one byte off or as given', async () => {
  const shifted = await rangedWith({ kind: 'wrong-content-range' });
  expect([shifted.status, headerOf(shifted, 'content-range')]).toEqual([206, 'bytes 1001-2000/300000']);
  expect(shifted.bytes.equals(part())).toBe(true);
  const given = await rangedWith({ kind: 'wrong-content-range', contentRange: 'bytes 0-999/*' });
  expect(headerOf(given, 'content-range')).toBe('bytes 0-999/*');
});

test('a 206 without Content-Range', async () => {
  const answer = await rangedWith({ kind: 'no-content-range' });
  expect([answer.status, answer.headers['content-range']]).toEqual([206, undefined]);
  expect(answer.bytes.equals(part())).toBe(true);
});

test('multipart/byteranges for one range', async () => {
  const answer = await rangedWith({ kind: 'multipart' });
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(headerOf(answer, 'content-type'))?.[1] ?? 'none';
  expect([answer.status, answer.complete, answer.headers['content-range']]).toEqual([206, true, undefined]);
  const text = answer.bytes.toString('latin1');
  expect(text.startsWith(`--${boundary}\r\nContent-Type: application/octet-stream\r\n`)).toBe(true);
  expect(text).toContain('Content-Range: bytes 1000-1999/300000\r\n\r\n');
  expect(text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  expect(answer.bytes.indexOf(part())).toBeGreaterThan(0);
});

test('416 with the true size or another one', async () => {
  const answer = await rangedWith({ kind: 'range-not-satisfiable' });
  expect([answer.status, headerOf(answer, 'content-range')]).toEqual([416, 'bytes */300000']);
  const lying = await rangedWith({ kind: 'range-not-satisfiable', sizeBytes: 1000 });
  expect(headerOf(lying, 'content-range')).toBe('bytes */1000');
});

test('an ETag that changes half-way: If-Range no longer holds, and it stays changed', async () => {
  const first = headerOf(await probe(scene.weightsUrl, { method: 'HEAD' }), 'etag');
  scene.hub.faults.arm({ when: { origin: 'cdn', nth: 2 }, fault: { kind: 'change-etag' } });
  const headers = { range, 'if-range': first };
  expect((await probe(scene.weightsUrl, { headers })).status).toBe(206);
  const changed = await probe(scene.weightsUrl, { headers });
  expect([changed.status, changed.bytes.length]).toEqual([200, 300_000]);
  const second = headerOf(changed, 'etag');
  expect(second).toMatch(/^"changed-[0-9a-f]{32}"$/);
  const again = await probe(scene.weightsUrl, { headers: { range, 'if-range': second } });
  expect([again.status, headerOf(again, 'etag')]).toEqual([206, second]);
});

test('a chosen ETag, for a request without If-Range too', async () => {
  scene.hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'change-etag', etag: 'W/"weak"' } });
  const answer = await probe(scene.weightsUrl, { headers: { range } });
  expect([answer.status, headerOf(answer, 'etag')]).toEqual([206, 'W/"weak"']);
});

test('faults of ranges pass by what is no file', async () => {
  const armed = scene.hub.faults.arm({ fault: { kind: 'range-not-satisfiable' } });
  const answer = await probe(`${scene.hub.hubUrl}/api/models`, { headers: { range: 'bytes=0-1' } });
  expect([answer.status, armed.hits]).toEqual([200, 0]);
});
