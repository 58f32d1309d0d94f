import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

let hub: LocalHub;

beforeAll(async () => {
  hub = await startHub({
    tokens: ['a-real-token'],
    repos: [
      {
        id: 'acme/tiny',
        files: [{ path: 'a.txt', content: Buffer.from('a') }],
        branches: ['dev/next'],
        gitTags: ['v1'],
        refs: ['refs/pr/1', 'refs/convert/parquet'],
      },
    ],
  });
});

afterAll(() => hub.close());

test('branches, tags and converts, and pull requests when asked', async () => {
  const first = await hub.commitOf('acme/tiny');
  const second = await hub.commit('acme/tiny', { files: [{ path: 'a.txt', content: Buffer.from('b') }] });
  const refs = {
    branches: [
      { name: 'main', ref: 'refs/heads/main', targetCommit: second },
      { name: 'dev/next', ref: 'refs/heads/dev/next', targetCommit: first },
    ],
    tags: [{ name: 'v1', ref: 'refs/tags/v1', targetCommit: first }],
    converts: [{ name: 'parquet', ref: 'refs/convert/parquet', targetCommit: first }],
  };
  expect(jsonOf(await probe(`${hub.hubUrl}/api/models/acme/tiny/refs`))).toEqual(refs);
  const pullRequests = [{ name: '1', ref: 'refs/pr/1', targetCommit: first }];
  const withRequests = await probe(`${hub.hubUrl}/api/models/acme/tiny/refs?include_prs=1`);
  expect(jsonOf(withRequests)).toEqual({ ...refs, pullRequests });
});

test('whoami tells the user of a token', async () => {
  const url = `${hub.hubUrl}/api/whoami-v2`;
  const known = await probe(url, { headers: { authorization: 'Bearer a-real-token' } });
  expect(jsonOf(known)).toMatchObject({ type: 'user', name: expect.stringMatching(/^user-[0-9a-f]{8}$/) as string });
  expect((await probe(url)).status).toBe(401);
});
