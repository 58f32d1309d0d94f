import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerOf, jsonOf, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

let hub: LocalHub;

beforeAll(async () => {
  const files = [
    { path: 'config.json', content: Buffer.from('{}') },
    { path: 'model.safetensors', content: Buffer.from('weights') },
  ];
  hub = await startHub({
    tokens: ['hf_known', 'a token/of any:shape+='],
    repos: [
      { id: 'acme/open', files },
      { id: 'acme/private', files, private: true, grantedTokens: ['granted'] },
      { id: 'acme/gated', files, gated: 'manual', grantedTokens: ['granted'] },
      { id: 'acme/disabled', files, disabled: true },
      { id: 'acme/removed', files, disabled: 'Taken down.' },
      { id: 'acme/new name', files, formerIds: ['old', 'elsewhere/old'] },
    ],
  });
});

afterAll(() => hub.close());

const everywhere = (id: string): string[] => [
  `/api/models/${id}`,
  `/api/models/${id}/tree/main`,
  `/api/models/${id}/refs`,
  `/${id}/resolve/main/config.json`,
];

async function outcome(path: string, token?: string): Promise<[number | null, unknown, unknown]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await probe(`${hub.hubUrl}${path}`, { headers });
  expect(jsonOf(answer)).toEqual({ error: answer.headers['x-error-message'] });
  return [answer.status, answer.headers['x-error-code'], answer.headers['x-error-message']];
}

test('a missing and a private repo look the same: 401 without a code, or 404 with a token', async () => {
  for (const path of [...everywhere('acme/nothing'), ...everywhere('acme/private')]) {
    expect(await outcome(path), path).toEqual([401, undefined, 'Invalid username or password.']);
    expect(await outcome(path, 'hf_known'), path).toEqual([404, 'RepoNotFound', 'Repository not found']);
  }
  const granted = await probe(`${hub.hubUrl}/api/models/acme/private`, {
    headers: { authorization: 'Bearer granted' },
  });
  expect(granted.status).toBe(200);
});

test('a bad token is a 401 everywhere, for public repos too', async () => {
  const expected = [401, undefined, 'Invalid credentials in Authorization header'];
  for (const path of [...everywhere('acme/open'), '/api/models', '/api/whoami-v2']) {
    expect(await outcome(path, 'unknown'), path).toEqual(expected);
  }
  for (const authorization of ['Basic dXNlcjpwYXNz', 'Bearer ', 'Bearer', '']) {
    const answer = await probe(`${hub.hubUrl}/api/models/acme/open`, { headers: { authorization } });
    expect(answer.status, authorization).toBe(401);
  }
});

test('a token may have any shape', async () => {
  const headers = { authorization: 'bearer a token/of any:shape+=' };
  expect((await probe(`${hub.hubUrl}/api/whoami-v2`, { headers })).status).toBe(200);
});

test('a gated repo: files need the grant, info and tree do not', async () => {
  for (const file of ['config.json', 'model.safetensors']) {
    const path = `/acme/gated/resolve/main/${file}`;
    expect(await outcome(path)).toEqual([401, 'GatedRepo', expect.stringMatching(/restricted.*Please log in/)]);
    expect(await outcome(path, 'hf_known')).toEqual([
      403,
      'GatedRepo',
      expect.stringMatching(/not in the authorized list/),
    ]);
    const granted = await probe(`${hub.hubUrl}${path}`, { headers: { authorization: 'Bearer granted' } });
    expect([302, 307]).toContain(granted.status);
  }
  expect(jsonOf(await probe(`${hub.hubUrl}/api/models/acme/gated`))).toMatchObject({ gated: 'manual' });
  expect((await probe(`${hub.hubUrl}/api/models/acme/gated/tree/main`)).status).toBe(200);
  const commit = await hub.commitOf('acme/gated');
  expect(await outcome(`/api/resolve-cache/models/acme/gated/${commit}/config.json`)).toContain('GatedRepo');
});

test('a grant can be given while the hub runs', async () => {
  await hub.addRepo({ id: 'acme/later', files: [{ path: 'a.txt', content: Buffer.from('a') }], gated: 'auto' });
  const path = '/acme/later/resolve/main/a.txt';
  expect((await outcome(path, 'hf_known'))[0]).toBe(403);
  hub.changeRepo('acme/later', { grantedTokens: ['hf_known'] });
  const headers = { authorization: 'Bearer hf_known' };
  expect((await probe(`${hub.hubUrl}${path}`, { headers })).status).toBe(307);
  expect(jsonOf(await probe(`${hub.hubUrl}/api/models/acme/later`))).toMatchObject({ gated: 'auto' });
});

test('a disabled repo is a 403 with a message only', async () => {
  for (const path of everywhere('acme/disabled')) {
    expect(await outcome(path)).toEqual([403, undefined, 'Access to this resource is disabled.']);
  }
  expect(await outcome('/api/models/acme/removed')).toEqual([403, undefined, 'Taken down.']);
});

test('a renamed repo is a relative 307 that keeps the rest of the path and the query', async () => {
  for (const [from, to] of [
    ['/api/models/old', '/api/models/acme/new%20name'],
    ['/api/models/elsewhere/old/tree/main?recursive=true', '/api/models/acme/new%20name/tree/main?recursive=true'],
    ['/old/resolve/a%2Fb/c%23d?download=true', '/acme/new%20name/resolve/a%2Fb/c%23d?download=true'],
  ]) {
    const answer = await probe(`${hub.hubUrl}${from}`);
    expect([answer.status, headerOf(answer, 'location')]).toEqual([307, to]);
  }
});

test('an unknown page', async () => {
  expect(await outcome('/nothing/here')).toEqual([404, undefined, expect.stringMatching(/can't find the page/)]);
});

test('a revision that is not plain text is told without breaking the header', async () => {
  const answer = await probe(`${hub.hubUrl}/acme/open/resolve/b%C3%A9%0D%0Ad/x`);
  expect(answer.headers).toMatchObject({
    'x-error-code': 'RevisionNotFound',
    'x-error-message': 'Invalid rev id: b???d',
  });
  expect(jsonOf(answer)).toEqual({ error: 'Invalid rev id: b\u00e9\r\nd' });
});
