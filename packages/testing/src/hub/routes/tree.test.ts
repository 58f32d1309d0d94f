import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerOf, jsonOf, nextPage, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

let hub: LocalHub;

const numbered = (count: number): { path: string; content: Uint8Array }[] =>
  Array.from({ length: count }, (_, index) => ({
    path: `f${String(index).padStart(4, '0')}.txt`,
    content: Buffer.from(String(index)),
  }));

beforeAll(async () => {
  hub = await startHub({
    repos: [
      {
        id: 'acme/tiny',
        files: [
          { path: 'sub dir/deep/x.txt', content: Buffer.from('hello\n') },
          { path: 'model.safetensors', content: Buffer.from('weights') },
          { path: 'Config.json', content: Buffer.from('{}') },
        ],
      },
      { id: 'acme/many', files: numbered(2_005) },
    ],
  });
});

afterAll(() => hub.close());

async function pages(url: string): Promise<unknown[][]> {
  const answer = await probe(url);
  const next = nextPage(answer);
  return [jsonOf(answer) as unknown[], ...(next === undefined ? [] : await pages(next))];
}

test('files and folders, with the key lfs.oid and the hash of the pointer', async () => {
  const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny/tree/main?recursive=true`);
  expect(headerOf(answer, 'x-repo-commit')).toBe(await hub.commitOf('acme/tiny'));
  const info = jsonOf(await probe(`${hub.hubUrl}/api/models/acme/tiny?blobs=true`)) as {
    siblings: { blobId: string; lfs?: { sha256: string } }[];
  };
  const weights = info.siblings.find(({ lfs }) => lfs !== undefined);
  const oid = expect.stringMatching(/^[0-9a-f]{40}$/) as string;
  expect(jsonOf(answer)).toEqual([
    { type: 'file', oid, size: 2, path: 'Config.json' },
    {
      type: 'file',
      oid: weights?.blobId,
      size: 7,
      path: 'model.safetensors',
      lfs: { oid: weights?.lfs?.sha256, size: 7, pointerSize: 126 },
      xetHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
    { type: 'directory', oid, size: 0, path: 'sub dir' },
    { type: 'directory', oid, size: 0, path: 'sub dir/deep' },
    { type: 'file', oid: 'ce013625030ba8dba906f756967f9e9ca394464a', size: 6, path: 'sub dir/deep/x.txt' },
  ]);
});

test('one level, and the entries of a folder whose slashes are encoded or not', async () => {
  const tree = `${hub.hubUrl}/api/models/acme/tiny/tree/main`;
  expect(jsonOf(await probe(tree))).toMatchObject([
    { path: 'Config.json' },
    { path: 'model.safetensors' },
    { path: 'sub dir' },
  ]);
  for (const path of ['sub%20dir%2Fdeep', 'sub%20dir/deep']) {
    expect(jsonOf(await probe(`${tree}/${path}`))).toMatchObject([{ path: 'sub dir/deep/x.txt' }]);
  }
});

test('1,000 entries a page, 50 with expand', async () => {
  const tree = `${hub.hubUrl}/api/models/acme/many/tree/main`;
  const all = await pages(`${tree}?recursive=true`);
  expect(all.map((page) => page.length)).toEqual([1000, 1000, 5]);
  expect(new Set(all.flat().map((entry) => (entry as { path: string }).path)).size).toBe(2005);
  const expanded = await pages(`${tree}?expand=true`);
  expect(expanded).toHaveLength(41);
  expect(expanded[0]).toHaveLength(50);
});

test('expand tells the commit that changed an entry last', async () => {
  const first = await hub.commitOf('acme/tiny');
  const content = Buffer.from('{"changed": true}');
  const second = await hub.commit('acme/tiny', { files: [{ path: 'Config.json', content }], title: 'Change it' });
  const entries = jsonOf(await probe(`${hub.hubUrl}/api/models/acme/tiny/tree/main?expand=true`));
  expect(entries).toMatchObject([
    {
      path: 'Config.json',
      lastCommit: { id: second, title: 'Change it', date: '2026-01-01T00:01:00.000Z' },
      securityFileStatus: { status: 'unscanned' },
    },
    { path: 'model.safetensors', lastCommit: { id: first } },
    { path: 'sub dir', lastCommit: { id: first } },
  ]);
});

test('a path that is no folder is EntryNotFound', async () => {
  for (const path of ['nothing', 'model.safetensors']) {
    const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny/tree/main/${path}`);
    expect(answer.status).toBe(404);
    expect(headerOf(answer, 'x-error-code')).toBe('EntryNotFound');
    expect(headerOf(answer, 'x-repo-commit')).toBe(await hub.commitOf('acme/tiny'));
  }
});
