import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerOf, probe } from '../http/probe.ts';
import type { HubOptions } from '../hub-options.ts';
import type { LocalHub } from '../local-hub.ts';
import type { RepoFile } from '../repo-definition.ts';
import { startHub } from '../start-hub.ts';

const weights = Buffer.from('weights'.repeat(1000));
const weightsHash = createHash('sha256').update(weights).digest('hex');
const helloHash = 'ce013625030ba8dba906f756967f9e9ca394464a';
const hostileNames = [
  'a b/100%?#+&=é.json',
  '../outside.json',
  '/etc/passwd',
  'con.txt',
  'a\\b',
  `${'n'.repeat(300)}.txt`,
];

const files: RepoFile[] = [
  { path: 'config.json', content: Buffer.from('hello\n') },
  { path: 'unet/model ü.safetensors', content: weights },
  { path: 'empty.txt', content: new Uint8Array() },
  ...hostileNames.map((path) => ({ path, content: Buffer.from(path) })),
];
const repos: HubOptions['repos'] = [
  { id: 'acme/tiny', files, refs: ['refs/pr/1'] },
  { id: 'gpt2', files },
  { id: 'acme/words', type: 'dataset', files },
];
let hub: LocalHub;
let older: LocalHub;

beforeAll(async () => {
  hub = await startHub({ repos });
  older = await startHub({ repos, gitFiles: 'direct', gzip: 'unless-identity' });
});

afterAll(async () => {
  await hub.close();
  await older.close();
});

test('a git file is a relative 307 with its facts on the redirect, then 200', async () => {
  const commit = await hub.commitOf('acme/tiny');
  for (const method of ['GET', 'HEAD']) {
    const redirect = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/config.json`, { method });
    expect(redirect.status).toBe(307);
    expect(redirect.headers).toMatchObject({ 'x-repo-commit': commit, 'x-linked-etag': `"${helloHash}"` });
    expect(redirect.headers).not.toHaveProperty('x-linked-size');
    expect(headerOf(redirect, 'content-length')).not.toBe('6');
    const location = headerOf(redirect, 'location');
    expect(location).toMatch(
      new RegExp(`^/api/resolve-cache/models/acme/tiny/${commit}/config\\.json\\?.*etag=%22${helloHash}%22$`),
    );
    const answer = await probe(`${hub.hubUrl}${location}`, { method, headers: { 'accept-encoding': 'identity' } });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      etag: `"${helloHash}"`,
      'content-length': '6',
      'accept-ranges': 'bytes',
      'x-repo-commit': commit,
    });
    expect(answer.bytes.toString()).toBe(method === 'GET' ? 'hello\n' : '');
  }
});

test('an LFS file is an absolute 302 to the other origin, whose ETag is not the SHA-256', async () => {
  const redirect = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/unet/model%20%C3%BC.safetensors`, {
    method: 'HEAD',
  });
  expect(redirect.status).toBe(302);
  expect(redirect.headers).toMatchObject({
    'x-repo-commit': await hub.commitOf('acme/tiny'),
    'x-linked-size': '7000',
    'x-linked-etag': `"${weightsHash}"`,
    'x-xet-hash': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  const location = headerOf(redirect, 'location');
  expect(location.startsWith(`${hub.cdnUrl}/`)).toBe(true);
  const answer = await probe(location);
  expect(answer.status).toBe(200);
  expect(answer.bytes.equals(weights)).toBe(true);
  expect(answer.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(weightsHash).not.toContain(headerOf(answer, 'etag').replaceAll('"', ''));
  expect(answer.headers).not.toHaveProperty('ratelimit');
});

test('a redirect is pinned: the bytes of the commit stay after the branch moves', async () => {
  const url = `${hub.hubUrl}/gpt2/resolve/main`;
  const before = await Promise.all([probe(`${url}/config.json`), probe(`${url}/unet/model%20%C3%BC.safetensors`)]);
  await hub.commit('gpt2', {
    files: [
      { path: 'config.json', content: Buffer.from('other') },
      { path: 'unet/model ü.safetensors', content: Buffer.from('other') },
    ],
  });
  const [config, model] = before.map((redirect) => headerOf(redirect, 'location'));
  expect((await probe(`${hub.hubUrl}${config}`)).bytes.toString()).toBe('hello\n');
  expect((await probe(model ?? '')).bytes.equals(weights)).toBe(true);
  const after = await probe(`${url}/config.json`);
  expect(headerOf(after, 'x-repo-commit')).toBe(await hub.commitOf('gpt2'));
  expect(headerOf(after, 'location')).not.toBe(config);
});

test('names of any kind are found by their encoding', async () => {
  for (const name of hostileNames) {
    const path = name.split('/').map(encodeURIComponent).join('/');
    const redirect = await probe(`${hub.hubUrl}/acme/tiny/resolve/refs%2Fpr%2F1/${path}`);
    expect(redirect.status, name).toBe(307);
    const answer = await probe(`${hub.hubUrl}${headerOf(redirect, 'location')}`);
    expect(answer.bytes.toString(), name).toBe(name);
  }
  const malformed = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/%E0%A4%A`);
  expect(malformed.status).toBe(400);
});

test('a revision whose slashes are not encoded is not found', async () => {
  const answer = await probe(`${hub.hubUrl}/acme/tiny/resolve/refs/pr/1/config.json`);
  expect([answer.status, headerOf(answer, 'x-error-code')]).toEqual([404, 'RevisionNotFound']);
});

test('datasets have their prefix', async () => {
  const redirect = await probe(`${hub.hubUrl}/datasets/acme/words/resolve/main/config.json`);
  expect(headerOf(redirect, 'location')).toMatch(/^\/api\/resolve-cache\/datasets\/acme\/words\//);
  expect((await probe(`${hub.hubUrl}${headerOf(redirect, 'location')}`)).bytes.toString()).toBe('hello\n');
});

test('If-None-Match and Range on a git file', async () => {
  const location = headerOf(await probe(`${hub.hubUrl}/acme/tiny/resolve/main/config.json`), 'location');
  const url = `${hub.hubUrl}${location}`;
  for (const etag of [`"${helloHash}"`, `W/"${helloHash}"`, `"x", "${helloHash}"`, '*']) {
    const same = await probe(url, { headers: { 'if-none-match': etag } });
    expect([same.status, same.bytes.length], etag).toEqual([304, 0]);
  }
  expect((await probe(url, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  const part = await probe(url, { headers: { range: 'bytes=1-3' } });
  expect([part.status, part.bytes.toString(), headerOf(part, 'content-range')]).toEqual([206, 'ell', 'bytes 1-3/6']);
});

test('a git file is compressed and chunked when gzip is accepted', async () => {
  const location = headerOf(await probe(`${hub.hubUrl}/acme/tiny/resolve/main/config.json`), 'location');
  const answer = await probe(`${hub.hubUrl}${location}`, { headers: { 'accept-encoding': 'gzip, br' } });
  expect(answer.headers).toMatchObject({
    'content-encoding': 'gzip',
    'transfer-encoding': 'chunked',
    etag: `W/"${helloHash}"`,
  });
  expect(answer.headers).not.toHaveProperty('content-length');
  expect(gunzipSync(answer.bytes).toString()).toBe('hello\n');
  expect((await probe(`${hub.hubUrl}${location}`)).headers).not.toHaveProperty('content-encoding');
});

test('an older hub answers 200 at once, and may compress whenever identity is not asked for', async () => {
  const url = `${older.hubUrl}/acme/tiny/resolve/main/config.json`;
  const plain = await probe(url, { headers: { 'accept-encoding': 'identity' } });
  expect([plain.status, plain.bytes.toString()]).toEqual([200, 'hello\n']);
  expect(plain.headers).toMatchObject({ etag: `"${helloHash}"`, 'x-repo-commit': await older.commitOf('acme/tiny') });
  const compressed = await probe(url);
  expect(gunzipSync(compressed.bytes).toString()).toBe('hello\n');
  expect((await probe(`${older.hubUrl}/acme/tiny/resolve/main/unet/model%20%C3%BC.safetensors`)).status).toBe(302);
});

test('an empty file, and a missing one', async () => {
  const empty = await probe(`${older.hubUrl}/acme/tiny/resolve/main/empty.txt`, {
    headers: { 'accept-encoding': 'identity' },
  });
  expect([empty.status, headerOf(empty, 'content-length'), empty.bytes.length]).toEqual([200, '0', 0]);
  for (const method of ['GET', 'HEAD']) {
    const missing = await probe(`${hub.hubUrl}/acme/tiny/resolve/main/nothing`, { method });
    expect(missing.status).toBe(404);
    expect(missing.headers).toMatchObject({
      'x-error-code': 'EntryNotFound',
      'x-error-message': 'Entry not found',
      'x-repo-commit': await hub.commitOf('acme/tiny'),
    });
  }
});

test('the size of a git file is told on the redirect when the hub is set so', async () => {
  await using sized = await startHub({ repos, linkedSizeOnGitFiles: true });
  const redirect = await probe(`${sized.hubUrl}/acme/tiny/resolve/main/config.json`);
  expect(headerOf(redirect, 'x-linked-size')).toBe('6');
});

test('an LFS file asked for in the resolve cache is sent on to the CDN', async () => {
  const commit = await hub.commitOf('acme/tiny');
  const url = `${hub.hubUrl}/api/resolve-cache/models/acme/tiny/${commit}/unet/model%20%C3%BC.safetensors`;
  expect((await probe(url)).status).toBe(302);
});
