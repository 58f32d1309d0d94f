import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerOf, jsonOf, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

let hub: LocalHub;

beforeAll(async () => {
  hub = await startHub({
    repos: [
      {
        id: 'acme/tiny',
        files: [
          { path: 'a/b.txt', content: Buffer.from('hello\n') },
          { path: 'model.gguf', content: Buffer.from('weights') },
        ],
      },
    ],
  });
});

afterAll(() => hub.close());

function post(body: string, type: string): ReturnType<typeof probe> {
  const url = `${hub.hubUrl}/api/models/acme/tiny/paths-info/main`;
  return probe(url, { method: 'POST', headers: { 'content-type': type }, body });
}

test('JSON and form give the same entries; missing paths are left out', async () => {
  const paths = ['a/b.txt', 'nothing', 'a', 'model.gguf'];
  const json = await post(JSON.stringify({ paths }), 'application/json; charset=utf-8');
  expect(jsonOf(json)).toMatchObject([
    { type: 'file', path: 'a/b.txt', oid: 'ce013625030ba8dba906f756967f9e9ca394464a' },
    { type: 'directory', path: 'a' },
    { type: 'file', path: 'model.gguf', lfs: { size: 7 } },
  ]);
  const form = paths.map((path) => `paths=${encodeURIComponent(path)}`).join('&');
  expect(jsonOf(await post(form, 'application/x-www-form-urlencoded'))).toEqual(jsonOf(json));
});

test('expand in both forms', async () => {
  const id = await hub.commitOf('acme/tiny');
  const json = await post('{"paths": "a/b.txt", "expand": true}', 'application/json');
  expect(jsonOf(json)).toMatchObject([{ lastCommit: { id } }]);
  const form = await post('paths=a%2Fb.txt&expand=true', 'application/x-www-form-urlencoded');
  expect(jsonOf(form)).toEqual(jsonOf(json));
});

test.each([
  ['{', 'application/json', 400],
  ['{"paths": 7}', 'application/json', 400],
  ['null', 'application/json', 400],
  ['paths=a', 'text/plain', 400],
  [`{"paths": ["${'x'.repeat(1024 * 1024)}"]}`, 'application/json', 413],
])('a bad body is refused', async (body, type, status) => {
  expect((await post(body, type)).status).toBe(status);
});

test('other methods are refused on both kinds of route', async () => {
  const get = await probe(`${hub.hubUrl}/api/models/acme/tiny/paths-info/main`);
  expect([get.status, headerOf(get, 'allow')]).toEqual([405, 'POST']);
  const put = await probe(`${hub.hubUrl}/api/models/acme/tiny`, { method: 'PUT' });
  expect([put.status, headerOf(put, 'allow')]).toEqual([405, 'GET, HEAD']);
});
