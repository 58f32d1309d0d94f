import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { headerOf, probe, type ProbeResult } from '../hub/http/probe.ts';
import { startFaultScene, type FaultScene } from './fault-scene.ts';
import type { Fault } from './fault.ts';

let scene: FaultScene;

beforeAll(async () => {
  scene = await startFaultScene();
});

afterEach(() => scene.hub.faults.clear());

afterAll(() => scene[Symbol.asyncDispose]());

async function struck(fault: Fault, url = scene.weightsUrl): Promise<ProbeResult> {
  const armed = scene.hub.faults.arm({ fault });
  const answer = await probe(url);
  expect(armed.hits).toBe(1);
  return answer;
}

test('429 without any header, with Retry-After, with RateLimit, with both', async () => {
  const url = scene.configUrl;
  const bare = await struck({ kind: 'rate-limited' }, url);
  expect([bare.status, bare.headers['retry-after'], bare.headers.ratelimit]).toEqual([429, undefined, undefined]);
  const after = await struck({ kind: 'rate-limited', retryAfterSeconds: 7 }, url);
  expect(headerOf(after, 'retry-after')).toBe('7');
  const both = await struck({ kind: 'rate-limited', retryAfterSeconds: 1, resetSeconds: 9 }, url);
  expect([headerOf(both, 'retry-after'), headerOf(both, 'ratelimit')]).toEqual(['1', '"resolvers";r=0;t=9']);
  const api = await struck({ kind: 'rate-limited', resetSeconds: 9 }, `${scene.hub.hubUrl}/api/models`);
  expect(headerOf(api, 'ratelimit')).toBe('"api";r=0;t=9');
});

test.each([500, 502, 503, 504])('%d', async (status) => {
  const answer = await struck({ kind: 'status', status });
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  expect(answer.headers).not.toHaveProperty('retry-after');
  expect((await probe(scene.weightsUrl)).status).toBe(200);
});

test('503 with Retry-After and a text', async () => {
  const answer = await struck({ kind: 'status', status: 503, retryAfterSeconds: 3, message: 'Down' });
  expect([headerOf(answer, 'retry-after'), answer.bytes.toString()]).toEqual([
    '3',
    '<html><body><h1>Down</h1></body></html>',
  ]);
  expect((await struck({ kind: 'status', status: 599 })).bytes.toString()).toContain('599 Unknown');
});

test('the URL is expired once; a second try with it succeeds', async () => {
  const answer = await struck({ kind: 'expired-url' });
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([403, 'application/xml']);
  expect((await probe(scene.weightsUrl)).status).toBe(200);
});

test('the page of a captive portal', async () => {
  const answer = await struck({ kind: 'html-page' });
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(answer.bytes.toString()).toMatch(/^<!doctype html>/);
});

test('headers added, replaced and left out', async () => {
  const remove = ['x-repo-commit', 'etag'];
  const answer = await struck({ kind: 'headers', set: { vary: 'nothing', 'x-new': '1' }, remove }, scene.configUrl);
  expect([answer.status, answer.bytes.toString()]).toEqual([200, 'hello\n']);
  expect(answer.headers).toMatchObject({ vary: 'nothing', 'x-new': '1' });
  expect(answer.headers).not.toHaveProperty('x-repo-commit');
  expect(answer.headers).not.toHaveProperty('etag');
  expect((await struck({ kind: 'headers' }, scene.configUrl)).bytes.toString()).toBe('hello\n');
});

test('a status fault strikes HEAD and redirects too', async () => {
  scene.hub.faults.arm({ when: { origin: 'hub', method: 'HEAD', times: 2 }, fault: { kind: 'status', status: 502 } });
  const url = `${scene.hub.hubUrl}/acme/tiny/resolve/main/config.json`;
  expect((await probe(url)).status).toBe(307);
  expect((await probe(url, { method: 'HEAD' })).status).toBe(502);
});
