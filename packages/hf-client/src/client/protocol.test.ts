import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { config, gitSha1, hostilePath, repo, setup, sha256 } from '../fixtures/hub-setup.ts';
import { allOf } from '../fixtures/odd-hub.ts';
import type { HubClient } from './hub-client.ts';

describe('repoInfo', () => {
  it('tells commit, licence, gate and what the card says', async () => {
    await using test = await setup();
    const info = await test.client.repoInfo('acme/tiny');
    expect(info).toMatchObject({
      id: 'acme/tiny',
      commit: await test.hub.commitOf('acme/tiny'),
      gated: false,
      private: false,
      disabled: false,
      licence: 'apache-2.0',
      pipelineTag: 'text-to-image',
      libraryName: 'diffusers',
      baseModels: ['acme/base'],
      downloads: 12,
      likes: 3,
    });
    expect(info.tags).toContain('license:apache-2.0');
    expect(structuredClone(info)).toEqual(info);
  });

  it('takes a reference with slashes and an old commit', async () => {
    await using test = await setup();
    const first = await test.hub.commitOf('acme/tiny');
    await test.hub.commit('acme/tiny', { files: [{ path: 'new.txt', content: config }] });
    expect((await test.client.repoInfo('acme/tiny', { revision: 'refs/pr/1' })).commit).toBe(first);
    expect((await test.client.repoInfo('acme/tiny', { revision: first })).commit).toBe(first);
    expect((await test.client.repoInfo('acme/tiny')).commit).not.toBe(first);
    expect(test.hub.requests.some((request) => request.path.endsWith('/revision/refs%2Fpr%2F1'))).toBe(true);
  });

  it('follows a renamed repo and tells its new id', async () => {
    await using test = await setup();
    expect((await test.client.repoInfo('old/name')).id).toBe('acme/tiny');
  });
});

describe('listTree', () => {
  it('lists all pages with the hashes of the contents', async () => {
    await using test = await setup({ pageSize: 2 });
    const entries = await allOf(test.client.listTree('acme/tiny', { revision: 'main' }));
    const files = new Map(entries.map((entry) => [entry.path, entry]));
    expect([...files.keys()].sort()).toEqual(
      ['config.json', 'model.safetensors', hostilePath, 'sub folder', 'vae', 'vae/config.json'].sort(),
    );
    expect(files.get('model.safetensors')).toMatchObject({ type: 'file', sizeBytes: 50_000, sha256, gitSha1: null });
    expect(files.get('vae/config.json')).toEqual({
      type: 'file',
      path: 'vae/config.json',
      sizeBytes: config.byteLength,
      gitSha1,
      sha256: null,
      xetHash: null,
    });
    expect(files.get('vae')).toEqual({ type: 'directory', path: 'vae' });
    expect(test.hub.requests.length).toBe(3);
  });

  it('lists a folder, and not below it unless asked to', async () => {
    await using test = await setup();
    const list = (path: string, recursive: boolean): Promise<string[]> =>
      allOf(test.client.listTree('acme/tiny', { revision: 'main', path, recursive })).then((entries) =>
        entries.map((entry) => entry.path),
      );
    expect(await list('vae', true)).toEqual(['vae/config.json']);
    expect((await list('', false)).sort()).toEqual(['config.json', 'model.safetensors', 'sub folder', 'vae']);
  });

  it('fetches no page that is not wanted', async () => {
    await using test = await setup({ pageSize: 1 });
    for await (const entry of test.client.listTree('acme/tiny', { revision: 'main' })) {
      expect(entry.path).not.toBe('');
      break;
    }
    expect(test.hub.requests).toHaveLength(1);
  });
});

describe('resolveFile', () => {
  it('reads the facts of an LFS file off the redirect to the CDN', async () => {
    await using test = await setup();
    const file = await test.client.resolveFile('acme/tiny', 'model.safetensors', { revision: 'main' });
    expect(file).toMatchObject({
      repo: 'acme/tiny',
      commit: await test.hub.commitOf('acme/tiny'),
      sizeBytes: 50_000,
      sha256,
      gitSha1: null,
      etag: sha256,
      url: `${test.hub.hubUrl}/acme/tiny/resolve/main/model.safetensors`,
      renamedTo: null,
    });
    expect(file.location?.startsWith(`${test.hub.cdnUrl}/`)).toBe(true);
    expect(file.xetHash).toMatch(/^[0-9a-f]{64}$/);
    expect(test.hub.requests.map((request) => [request.origin, request.method])).toEqual([['hub', 'HEAD']]);
  });

  it.each([false, true])('reads a git file, its size only where it is told (%s)', async (linkedSizeOnGitFiles) => {
    await using test = await setup({ linkedSizeOnGitFiles });
    const file = await test.client.resolveFile('acme/tiny', 'config.json', { revision: 'main' });
    const sizeBytes = linkedSizeOnGitFiles ? config.byteLength : null;
    expect(file).toMatchObject({ gitSha1, sha256: null, etag: gitSha1, sizeBytes, renamedTo: null });
    expect(file.location).toContain(`${test.hub.hubUrl}/api/resolve-cache/`);
  });

  it('takes the 200 of an older hub', async () => {
    await using test = await setup({ gitFiles: 'direct' });
    const file = await test.client.resolveFile('acme/tiny', 'config.json', { revision: 'main' });
    expect(file).toMatchObject({ gitSha1, sizeBytes: config.byteLength, location: null });
  });

  it('follows a renamed repo and says so', async () => {
    await using test = await setup();
    const file = await test.client.resolveFile('old/name', 'model.safetensors', { revision: 'main' });
    expect(file).toMatchObject({
      renamedTo: 'acme/tiny',
      repo: 'acme/tiny',
      sha256,
      url: `${test.hub.hubUrl}/acme/tiny/resolve/main/model.safetensors`,
    });
  });

  it('finds files whatever their names hold', async () => {
    await using test = await setup();
    const file = await test.client.resolveFile('acme/tiny', hostilePath, { revision: 'main' });
    expect(file.gitSha1).toBe(gitSha1);
    expect(file.url).toBe(test.client.resolveUrl('acme/tiny', hostilePath, { revision: 'main' }));
  });
});

describe('search', () => {
  it('pages through what fits, up to the limit', async () => {
    const repos = Array.from({ length: 7 }, (_item, index) => ({
      id: `acme/flux-${index}`,
      files: [],
      downloads: index,
      tags: ['gguf', `n${index % 2}`],
    }));
    await using test = await setup({ repos: [...repos, repo] });
    const find = async (query: Parameters<HubClient['search']>[0]): Promise<string[]> =>
      (await allOf(test.client.search(query))).map((model) => model.id);
    expect(await find({ search: 'flux', sort: 'downloads', pageSize: 3 })).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((index) => `acme/flux-${index}`),
    );
    expect(await find({ filter: ['gguf', 'n1'], sort: 'downloads', limit: 2 })).toEqual(['acme/flux-5', 'acme/flux-3']);
    expect(await find({ author: 'acme', pipelineTag: 'text-to-image' })).toEqual(['acme/tiny']);
    expect(await find({ search: 'nothing' })).toEqual([]);
    expect(await find(undefined)).toHaveLength(8);
    const [first] = await allOf(test.client.search({ search: 'tiny', limit: 1 }));
    expect(first).toMatchObject({
      private: false,
      gated: null,
      libraryName: 'diffusers',
      likes: 3,
      lastModified: null,
    });
  });

  it('types what the hub refuses and what cannot be asked', async () => {
    await using test = await setup();
    const wrong = test.client.search({ sort: 'nonsense' as 'likes' });
    expect((await caught('network.status', allOf(wrong))).facts.status).toBe(400);
    for (const query of [{ limit: 0 }, { limit: 1.5 }, { pageSize: -1 }]) {
      await caught('core.invalid-argument', allOf(test.client.search(query)));
    }
  });
});
