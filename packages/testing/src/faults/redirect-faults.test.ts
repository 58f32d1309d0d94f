import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { headerOf, probe } from '../hub/http/probe.ts';
import { startFaultScene, type FaultScene } from './fault-scene.ts';
import type { Fault } from './fault.ts';

let scene: FaultScene;

beforeAll(async () => {
  scene = await startFaultScene();
});

afterEach(() => scene.hub.faults.clear());

afterAll(() => scene[Symbol.asyncDispose]());

async function locationAfter(fault: Fault): Promise<string> {
  scene.hub.faults.arm({ fault });
  const answer = await probe(`${scene.hub.hubUrl}/api/models/acme/tiny?blobs=true`);
  expect(answer.status).toBe(302);
  return headerOf(answer, 'location');
}

test('a loop leads to itself for ever', async () => {
  const url = `${scene.hub.hubUrl}/api/models/acme/tiny?blobs=true`;
  expect(await locationAfter({ kind: 'redirect-loop' })).toBe(url);
  for (let count = 0; count < 12; count += 1) expect(headerOf(await probe(url), 'location')).toBe(url);
});

test('another scheme, another origin, any location', async () => {
  const { host } = new URL(scene.hub.hubUrl);
  const path = '/api/models/acme/tiny?blobs=true';
  expect(await locationAfter({ kind: 'redirect-scheme' })).toBe(`ftp://${host}${path}`);
  expect(await locationAfter({ kind: 'redirect-scheme', scheme: 'file' })).toBe(`file://${host}${path}`);
  expect(await locationAfter({ kind: 'redirect-origin', origin: 'http://127.0.0.1:9' })).toBe(
    `http://127.0.0.1:9${path}`,
  );
  expect(await locationAfter({ kind: 'redirect', location: 'http://[bad' })).toBe('http://[bad');
});
