import { createHash } from 'node:crypto';
import { isModelkeepError, type CacheStore } from '@modelkeep/core';
import { createHttpClient } from '@modelkeep/network';
import { buildFluxLora, startCivitai, type CivitaiModelDefinition, type CivitaiOptions } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { cachedMisses, type MissStore } from '../misses/miss-store.ts';
import { detailsOfVersion } from '../versions/civitai-version.ts';
import { createCivitaiClient } from './create-civitai-client.ts';

const lora = buildFluxLora({ scale: 0.02 });
const other = Buffer.from('not a model at all');
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sha256 = sha256Of(lora);
const unknown = 'ab'.repeat(32);

const models: CivitaiModelDefinition[] = [
  {
    id: 7,
    name: 'Thick line',
    description: '<p>Comic</p>',
    tags: ['style'],
    versions: [
      {
        id: 71,
        earlyAccessEndsAt: '2999-01-01T00:00:00.000Z',
        files: [{ id: 710, name: 'new.safetensors', content: other }],
      },
      {
        id: 70,
        trainedWords: ['ink'],
        files: [
          { id: 700, name: 'line.safetensors', content: lora },
          { id: 701, name: 'line.pt', content: other, type: 'Pruned Model' },
        ],
        images: [
          { name: 'a.jpeg', content: other, nsfwLevel: 4 },
          { name: 'b.mp4', content: other, type: 'video' },
        ],
      },
    ],
  },
  {
    id: 8,
    name: 'Old',
    type: 'Checkpoint',
    mode: 'Archived',
    versions: [{ id: 80, files: [{ id: 800, name: 'o.ckpt', content: other }] }],
  },
  {
    id: 9,
    name: 'Gone',
    mode: 'TakenDown',
    versions: [{ id: 90, files: [{ id: 900, name: 'g.pt', content: other }] }],
  },
  {
    id: 10,
    name: 'Locked',
    versions: [{ id: 100, needsKey: true, files: [{ id: 1000, name: 'l.pt', content: other }] }],
  },
];

interface SetupOptions extends CivitaiOptions {
  readonly key?: string;
  readonly misses?: MissStore;
  readonly now?: () => number;
}

async function setup({ key, misses, now, ...options }: SetupOptions = {}) {
  const site = await startCivitai({ models, ...options });
  const http = createHttpClient({
    privateOrigins: 'all',
    retry: { attempts: 1 },
    credentialsFor: (origin) => (key !== undefined && origin === site.siteUrl ? `Bearer ${key}` : undefined),
  });
  const clock = { now: now ?? Date.now, monotonicMs: () => 0, sleep: async () => {} };
  return {
    site,
    client: createCivitaiClient({ http, endpoint: `${site.siteUrl}/`, misses, clock }),
    async [Symbol.asyncDispose]() {
      await http.close();
      await site.close();
    },
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing';
  } catch (error) {
    return isModelkeepError(error) ? error.code : String(error);
  }
}

describe('a look-up by hash', () => {
  it('takes hashes of any kind, and believes no answer that tells others', async () => {
    await using place = await setup();
    const { site, client } = place;
    const { files } = await client.version(70);
    const hashes = Object.values(files[0]?.hashes ?? {}).filter((hash) => hash !== null && hash !== 'e3b0c442');
    expect(hashes).toHaveLength(4);
    for (const hash of hashes) {
      const version = await client.versionByHash(hash.toUpperCase());
      expect(version).toMatchObject({
        id: 70,
        modelId: 7,
        model: { name: 'Thick line', type: 'LORA' },
        trainedWords: ['ink'],
      });
    }
    expect(files[0]?.hashes.autoV1).toBe('e3b0c442');
    expect(await client.versionByHash('E3B0C442')).toBeNull();
    site.faults.arm({
      fault: {
        kind: 'text',
        text: JSON.stringify({ id: 5, files: [{ id: 1, name: 'x', hashes: { CRC32: '00000000' } }] }),
      },
    });
    expect(await client.versionByHash('12345678')).toBeNull();
    expect(await codeOf(client.versionByHash('not a hash'))).toBe('core.invalid-argument');
  });

  it('of many asks a hundred at once, and remembers what nobody knows until that is old', async () => {
    let now = 1_000;
    const kept = new Map<string, Uint8Array>();
    const cache: CacheStore = {
      get: async (key) => kept.get(key) ?? null,
      put: async ({ key, value }) => void kept.set(key, value),
      delete: async (key) => void kept.delete(key),
    };
    await using place = await setup({ misses: cachedMisses(cache, 'x'), now: () => now });
    const { site, client } = place;
    const many = Array.from({ length: 150 }, (_, place) => sha256Of(Buffer.from(String(place))));
    const found = await client.versionsBySha256([...many, sha256, sha256.toUpperCase()]);
    expect([...found.keys()]).toEqual([sha256]);
    expect(site.requests).toHaveLength(2);
    expect(await client.unasked([...many, sha256])).toEqual([sha256]);
    expect((await client.versionsBySha256(many)).size).toBe(0);
    expect(await client.versionByHash(many[0] ?? '')).toBeNull();
    expect(site.requests).toHaveLength(2);
    now += 604_800_000;
    await client.versionsBySha256(many);
    expect(site.requests).toHaveLength(4);
    now = 0;
    expect(await client.unasked(many)).toHaveLength(150);
    for (const key of kept.keys()) kept.set(key, Buffer.from('{"broken'));
    expect(await client.unasked(many)).toHaveLength(150);
    expect(await codeOf(client.versionsBySha256(['ab']))).toBe('core.invalid-argument');
  });

  it('of one file in several versions means the first that was made', async () => {
    const version = (id: number) => ({ id, files: [{ id: id * 10, name: 'a.pt', content: other }] });
    await using place = await setup({ models: [{ id: 1, name: 'Copy', versions: [version(12), version(11)] }] });
    expect((await place.client.versionsBySha256([sha256Of(other)])).get(sha256Of(other))?.id).toBe(11);
  });
});

describe('models and versions', () => {
  it('are read with what they are for a library, and tolerate what is new or malformed', async () => {
    await using place = await setup();
    const { site, client } = place;
    const model = await client.model(7);
    expect(model).toMatchObject({
      id: 7,
      state: 'available',
      description: 'Comic',
      tags: ['style'],
      creator: 'ann',
      downloads: 12,
    });
    expect(model.versions.map(({ id, modelId, state }) => [id, modelId, state])).toEqual([
      [71, 7, 'early-access'],
      [70, 7, 'available'],
    ]);
    const version = await client.version(70);
    expect(version.images.map(({ type, nsfwLevel }) => [type, nsfwLevel])).toEqual([
      ['image', 4],
      ['video', 1],
    ]);
    expect(detailsOfVersion(version, version.files[0] ?? null)).toMatchObject({
      modelId: 7,
      versionId: 70,
      fileId: 700,
    });
    expect(await client.version(80)).toMatchObject({ state: 'archived', files: [] });
    expect(await client.model(9)).toMatchObject({
      state: 'taken-down',
      versions: [{ state: 'taken-down', images: [] }],
    });
    const odd = {
      id: 70,
      new: { field: 1 },
      name: 7,
      trainedWords: 'x',
      stats: null,
      nsfwLevel: 'Mature',
      publishedAt: 'never',
      files: [
        null,
        { id: 'x' },
        { id: 1, name: 'a', sizeKB: -1, hashes: null, downloadUrl: 'javascript:x', metadata: 4 },
      ],
      images: [{ url: 'x' }, 7, { url: 'https://a.example/b.png?token=secret' }],
    };
    site.faults.arm({ fault: { kind: 'text', text: JSON.stringify(odd) } });
    expect(await client.version(70)).toMatchObject({
      id: 70,
      name: null,
      trainedWords: [],
      nsfwLevel: 4,
      publishedAt: null,
      files: [{ id: 1, sizeKb: null, downloadUrl: null, hashes: { sha256: null } }],
      images: [{ url: 'https://a.example/b.png' }],
    });
  });

  it('are listed page by page, and a list that goes in circles is refused', async () => {
    await using place = await setup();
    const { site, client } = place;
    const names: string[] = [];
    for await (const { name } of client.search({ pageSize: 2, types: ['LORA'], nsfw: true })) names.push(name);
    expect(names).toEqual(['Thick line', 'Gone', 'Locked']);
    expect(site.requests.map(({ url }) => url)).toEqual([
      '/api/v1/models?types=LORA&nsfw=true&limit=2',
      '/api/v1/models?types=LORA&nsfw=true&limit=2&cursor=2',
    ]);
    for await (const { name } of client.search({ query: 'old' })) expect(name).toBe('Old');
    const images: string[] = [];
    for await (const { url } of client.images({ modelVersionId: 70 })) images.push(url);
    expect(images).toHaveLength(2);
    expect(await client.enums()).toMatchObject({
      baseModels: ['SD 1.5', 'SDXL 1.0', 'Flux.1 D'],
      modelTypes: expect.arrayContaining(['LORA']),
    });
    const circle = JSON.stringify({ items: [{ id: 1, name: 'x' }, 'odd'], metadata: { nextCursor: 'a' } });
    site.faults.arm({ when: { times: 5 }, fault: { kind: 'text', text: circle } });
    const read = async (): Promise<void> => {
      for await (const _ of client.search());
    };
    expect(await codeOf(read())).toBe('civitai.unexpected');
  });

  it.each([
    [401, {}, 'civitai.unauthorised'],
    [403, {}, 'civitai.forbidden'],
    [404, {}, 'civitai.not-found'],
    [410, {}, 'civitai.removed'],
    [429, {}, 'network.rate-limited'],
    [503, {}, 'network.status'],
    [418, {}, 'civitai.unexpected'],
    [200, { text: '{"id":' }, 'network.body'],
    [200, { text: '[]' }, 'network.body'],
    [200, { text: '<html>', contentType: 'text/html' }, 'network.body'],
  ])(
    'that are answered with %i %j are %s',
    async (
      status,
      { text = '{"error":"no"}', contentType = 'application/json' }: { text?: string; contentType?: string },
      code,
    ) => {
      await using place = await setup();
      place.site.faults.arm({ when: { times: 9 }, fault: { kind: 'text', status, text, contentType } });
      expect(await codeOf(place.client.version(70))).toBe(code);
      expect(await codeOf(place.client.versionsBySha256([unknown]))).toBe(text === '[]' ? 'nothing' : code);
    },
  );

  it('have numbers, and a site has an address', async () => {
    await using place = await setup();
    for (const id of [0, -1, 1.5, Number.NaN])
      expect(await codeOf(place.client.version(id))).toBe('core.invalid-argument');
    await using http = createHttpClient();
    for (const endpoint of ['civitai.com', 'ftp://x', 'https://user@x', 'https://x?a=1']) {
      expect(() => createCivitaiClient({ http, endpoint }), endpoint).toThrow('is no address');
    }
  });
});

describe('access to a file', () => {
  it('is told for what it is, and no key leaves the site', async () => {
    await using place = await setup();
    await using buyer = await setup({ key: 'bought', supporters: ['bought'] });
    const { site, client } = place;
    expect(await client.access({ versionId: 70, fileId: 701 })).toEqual({ kind: 'ready' });
    expect(await client.access({ versionId: 71, modelId: 7 })).toEqual({
      kind: 'early-access',
      url: `${site.siteUrl}/models/7?modelVersionId=71`,
      until: '2999-01-01T00:00:00.000Z',
    });
    expect(await buyer.client.access({ versionId: 71 })).toEqual({ kind: 'ready' });
    expect(await client.access({ versionId: 100 })).toMatchObject({ kind: 'login' });
    expect(await client.access({ versionId: 80 })).toEqual({ kind: 'archived' });
    expect(await client.access({ versionId: 555 })).toEqual({ kind: 'not-found' });
    expect(site.requests.filter(({ origin }) => origin === 'cdn')).toEqual([]);
    expect(client.downloadUrl({ versionId: 70, fileId: 701 })).toBe(
      `${site.siteUrl}/api/download/models/70?fileId=701`,
    );

    const answers = [
      [
        { status: 403, text: '{"error":"Not yours"}' },
        { kind: 'no-access', reason: 'Not yours' },
      ],
      [
        { status: 403, text: 'odd', contentType: 'text/plain' },
        { kind: 'no-access', reason: 'no access' },
      ],
      [{ status: 200, text: 'x'.repeat(100_000), contentType: 'binary/octet-stream' }, { kind: 'ready' }],
      [{ status: 206, text: 'x', contentType: 'binary/octet-stream' }, { kind: 'ready' }],
    ] as const;
    for (const [answer, expected] of answers) {
      site.faults.arm({ fault: { kind: 'text', ...answer } });
      expect(await client.access({ versionId: 70 })).toMatchObject(expected);
    }
    site.faults.arm({ fault: { kind: 'redirect', location: '/login?returnUrl=x' } });
    expect(await client.access({ versionId: 70 })).toMatchObject({ kind: 'login' });
    for (const [text, contentType] of [
      ['{"error":"x"}', 'application/json'],
      ['<html>', 'text/html'],
    ] as const) {
      site.faults.arm({ fault: { kind: 'text', text, contentType } });
      expect(await codeOf(client.access({ versionId: 70 }))).toBe('civitai.unexpected');
    }
    site.faults.arm({ fault: { kind: 'text', status: 429, text: '{}' } });
    expect(await codeOf(client.access({ versionId: 70 }))).toBe('network.rate-limited');
  });
});
