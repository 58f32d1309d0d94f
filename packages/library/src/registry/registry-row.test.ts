import type { ModelMetadata } from '@modelkeep/core';
import { modelMetadataSchema } from '@modelkeep/core/schemas';
import { describe, expect, it } from 'vitest';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { readRegistryRow } from './read-registry-row.ts';
import { registryEntries } from './registry-entries.ts';
import { registryFieldNames } from './registry-fields.ts';
import type { RegistryEntry, RegistryRow } from './registry-row.ts';
import { registryTime } from './registry-time.ts';
import { toldByRegistry } from './told-by-registry.ts';

const sha256 = 'ab'.repeat(32);
const full: RegistryRow = {
  id: 41,
  name: 'Thick line',
  type: 'lora',
  local_path: 'D:\\SD\\Lora\\line.safetensors',
  filename: 'line.safetensors',
  civitai_id: 7,
  civitai_version_id: 70,
  forge_format: 'SDXL',
  hash_autov2: sha256.slice(0, 10),
  hash_sha256: sha256,
  civitai_model_name: 'Thick line (comic)',
  civitai_model_base: 'SDXL 1.0',
  civitai_model_type: 'LORA',
  civitai_model_version_name: 'v1',
  civitai_model_version_desc: 'First',
  civitai_model_version_date: '2025-03-01T10:00:00.000Z',
  civitai_download_url: 'https://civitai.com/api/download/models/70',
  civitai_trained_words: '["ink","line"]',
  civitai_file_size_kb: 223_101.5,
  metadata_status: 'complete',
  metadata_source: 'civitai',
  has_embedded_metadata: 1,
  last_used: '2026-01-02 00:00:00',
  created_at: '2025-12-24 18:00:00',
};
const nothing = Object.fromEntries(registryFieldNames.map((name) => [name, null]));
const unknown: RegistryRow = {
  ...(nothing as unknown as RegistryRow),
  id: 42,
  name: 'line',
  metadata_status: 'none',
  metadata_source: 'none',
};

const uuid = '01890000-0000-7000-8000-000000000001';
const scanned: ModelMetadata = {
  schema: 1,
  id: uuid,
  slug: 'lora/sdxl/line',
  officialName: 'line',
  cleanedName: 'line',
  format: 'safetensors',
  files: [
    {
      name: 'line.safetensors',
      officialName: 'line.safetensors',
      role: 'weights',
      sizeBytes: 5,
      sha256,
      blake3: null,
      gitSha1: null,
      source: null,
    },
  ],
  sources: [],
  sourceGroup: null,
  variantOf: null,
  companions: [],
  expectedFiles: [],
  layers: {},
  revision: 1,
  txn: uuid,
  importedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const path = '/models/line.safetensors';
const at = '2026-02-01T00:00:00.000Z';

function told(entries: readonly RegistryEntry[], to: ModelMetadata = scanned): ModelMetadata {
  const { layers, aliases, lastUsedAt } = toldByRegistry(entries, at);
  const metadata = {
    ...to,
    layers: { ...to.layers, ...layers },
    ...(aliases === undefined ? {} : { aliases }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
  // Through the file on disk and back.
  return modelMetadataSchema.parse(JSON.parse(JSON.stringify(metadata)));
}

describe('the rows of a registry', () => {
  it('have 24 fields, which come back as they were', () => {
    expect(registryFieldNames).toHaveLength(24);
    const entries = [{ row: full, aliases: ['/mnt/a.safetensors'] }];
    expect(registryEntries(told(entries), { path })).toEqual(entries);
  });

  it('keep their nulls where nothing is known, and take what is known since', () => {
    const [entry] = registryEntries(told([{ row: unknown, aliases: [] }]), { path });
    expect(entry?.row).toEqual({
      ...unknown,
      local_path: path,
      filename: 'line.safetensors',
      hash_autov2: sha256.slice(0, 10),
      hash_sha256: sha256,
      has_embedded_metadata: 0,
      created_at: scanned.importedAt,
    });
  });

  it('tell facts in a layer of their own, after all that was read at first hand', () => {
    const record = effectiveRecord(told([{ row: full, aliases: ['/mnt/a.safetensors'] }]));
    expect(record).toMatchObject({
      name: 'Thick line (comic)',
      type: 'lora',
      family: 'sdxl',
      baseModel: 'SDXL 1.0',
      triggerWords: ['ink', 'line'],
      aliases: ['D:\\SD\\Lora\\line.safetensors', '/mnt/a.safetensors'],
      lastUsedAt: '2026-01-02T00:00:00.000Z',
      civitai: { modelId: 7, versionId: 70, fileSizeKb: 223_101.5 },
      origins: { baseModel: 'registry', type: 'registry' },
    });
    const layers = {
      embedded: { facts: { name: 'of the header' }, at },
      scan: { facts: { type: 'vae' }, at },
    } as const;
    const row = { ...full, type: 'checkpoint', civitai_model_type: null } as const;
    expect(effectiveRecord(told([{ row, aliases: [] }], { ...scanned, layers }))).toMatchObject({
      name: 'of the header',
      type: 'vae',
      baseModel: 'SDXL 1.0',
    });
  });

  it('that were asked for and are not on Civitai say so, and state nothing', () => {
    const asked = Object.fromEntries(
      registryFieldNames.filter((name) => name.startsWith('civitai_')).map((name) => [name, 'none']),
    );
    const { row, problems } = readRegistryRow({ ...unknown, ...asked });
    expect(problems).toEqual([]);
    if (row === null) throw new Error('the row is not read');
    const metadata = told([{ row, aliases: [] }]);
    expect(effectiveRecord(metadata)).toMatchObject({ name: null, baseModel: null, origins: {} });
    expect(metadata.layers.registry?.civitai).toBeUndefined();
    expect(registryEntries(metadata, { path })[0]?.row).toMatchObject(asked);
  });

  it('are several for copies of one file: the first counts, the others fill it', () => {
    const copy = { ...full, id: 50, local_path: 'E:\\line.safetensors', civitai_model_name: 'Other' };
    const bare = { ...unknown, id: 3 };
    const foreign = { ...full, id: 60, civitai_id: 8, civitai_model_version_name: 'v9' };
    const entries = [foreign, copy, bare].map((row) => ({ row, aliases: [] }));
    const metadata = told(entries);
    expect(metadata.layers.registry?.civitai).toMatchObject({ modelName: 'Other', versionName: 'v1' });
    expect(registryEntries(metadata, { path }).map(({ row }) => row.id)).toEqual([3, 50, 60]);
    expect(told([...entries].toReversed())).toEqual(metadata);
  });

  it('of a library that somebody has made up are read like those of a registry', () => {
    const extra = { entries: [null, 7, { row: 7 }, { row: { id: 'x', name: 'y' } }, { row: full, aliases: 'no' }] };
    const metadata = { ...scanned, layers: { registry: { facts: {}, at, extra } } };
    expect(registryEntries(metadata, { path })).toEqual([{ row: full, aliases: [] }]);
  });
});

describe('a model that came another way', () => {
  it('is a row with what its layers give, and without a number', () => {
    const layers = { embedded: { facts: { name: 'x' }, at }, scan: { facts: { type: 'lora' }, at } } as const;
    expect(registryEntries({ ...scanned, layers, aliases: ['/x'] }, { path })).toEqual([
      {
        aliases: ['/x'],
        row: expect.objectContaining({
          id: 0,
          name: 'line',
          type: 'lora',
          local_path: path,
          civitai_id: null,
          metadata_status: 'none',
          metadata_source: 'embedded',
          has_embedded_metadata: 1,
          created_at: scanned.importedAt,
        }),
      },
    ]);
    const sources = { forge: { facts: { name: 'a' }, at }, 'civitai-api': { facts: { family: 'b' }, at } };
    expect(registryEntries({ ...scanned, layers: sources }, { path })[0]?.row.metadata_source).toBe('forge');
    const { forge: _forge, ...without } = sources;
    expect(registryEntries({ ...scanned, layers: without }, { path })[0]?.row.metadata_source).toBe('civitai');
  });
});

describe('a row that holds anything', () => {
  it.each([
    ['type', 'vae'],
    ['local_path', 7],
    ['filename', 'a\0b'],
    ['civitai_id', 1.5],
    ['civitai_id', -1],
    ['civitai_version_id', 'seven'],
    ['forge_format', new Uint8Array(3)],
    ['hash_autov2', 'abc'],
    ['hash_sha256', 'z'.repeat(64)],
    ['civitai_model_name', 'x'.repeat(4_097)],
    ['civitai_model_version_desc', 'x'.repeat(100_001)],
    ['civitai_file_size_kb', Number.POSITIVE_INFINITY],
    ['metadata_status', 'half'],
    ['has_embedded_metadata', 2],
    ['last_used', Number.NaN],
    ['created_at', {}],
  ])('is used without %s = %o', (field, value) => {
    const { row, problems } = readRegistryRow({ id: 1, name: 'a', forge_format: 'SDXL', [field]: value });
    expect(problems).toEqual([{ field, reason: expect.any(String) as string }]);
    expect(row).toMatchObject({ id: 1, name: 'a', metadata_source: 'none' });
    const isNone = row?.[field as keyof RegistryRow] ?? null;
    expect(isNone).toBe(field === 'metadata_status' ? 'none' : null);
  });

  it('without a number or a name is none', () => {
    for (const values of [{}, { id: 1 }, { name: 'a' }, { id: 2 ** 53, name: 'a' }, { id: 1, name: 2 }]) {
      const { row, problems } = readRegistryRow(values);
      expect(row).toBeNull();
      expect(problems).toHaveLength(1);
    }
    expect(readRegistryRow(Object.create({ id: 1, name: 'a' }) as Record<string, unknown>).row).toBeNull();
  });

  it('gives no token on', () => {
    const url = (address: string): string | null | undefined =>
      readRegistryRow({ id: 1, name: 'a', civitai_download_url: address }).row?.civitai_download_url;
    expect(url('https://civitai.com/api/download/models/7?type=Model&token=s3cret')).toBe(
      'https://civitai.com/api/download/models/7?type=Model',
    );
    expect(url('https://me:s3cret@civitai.com/x')).toBe('https://civitai.com/x');
    expect(url('no address')).toBe('no address');
  });
});

it.each([
  ['2026-01-02 10:00:00', '2026-01-02T10:00:00.000Z'],
  ['2026-01-02T10:00:00.5', '2026-01-02T10:00:00.500Z'],
  ['2026-01-02T10:00:00+02:00', '2026-01-02T08:00:00.000Z'],
  [1_767_348_000, '2026-01-02T10:00:00.000Z'],
  [1_767_348_000_000, '2026-01-02T10:00:00.000Z'],
  ['yesterday', null],
  [-5, null],
  [1e300, null],
  [null, null],
])('the time %s is %s', (value, time) => {
  expect(registryTime(value)).toBe(time);
});

it.each([
  ['ink, line ,', ['ink', 'line']],
  ['["ink", 7, " "]', ['ink']],
  ['{broken', null],
  ['"ink"', null],
  ['', null],
  ['none', null],
])('the words of %s are %s', (words, expected) => {
  const { layers } = toldByRegistry([{ row: { ...unknown, civitai_trained_words: words }, aliases: [] }], at);
  expect(layers?.registry?.civitai?.trainedWords ?? null).toEqual(expected);
});
