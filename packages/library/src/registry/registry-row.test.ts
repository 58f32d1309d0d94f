import type { ModelMetadata } from '@modelkeep/core';
import { modelMetadataSchema } from '@modelkeep/core/schemas';
import { expect, it } from 'vitest';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { registryRow, toldByRow, type RegistryRow } from './registry-row.ts';

const sha256 = 'ab'.repeat(32);
const row: RegistryRow = {
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
  last_used: '2026-01-02T00:00:00.000Z',
  created_at: '2025-12-24T18:00:00.000Z',
};
const empty: RegistryRow = {
  ...(Object.fromEntries(Object.keys(row).map((name) => [name, null])) as unknown as RegistryRow),
  id: 42,
  name: 'line',
  filename: 'line.safetensors',
  hash_autov2: sha256.slice(0, 10),
  hash_sha256: sha256,
  metadata_status: 'none',
  metadata_source: 'none',
  has_embedded_metadata: 0,
  created_at: '2025-12-24T18:00:00.000Z',
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

it('each of the 24 fields of a registry has its place and comes back as it was', () => {
  expect(Object.keys(row)).toHaveLength(24);
  for (const one of [row, empty]) {
    const metadata = { ...scanned, ...toldByRow(one) };
    // Through the file on disk and back.
    const stored = modelMetadataSchema.parse(JSON.parse(JSON.stringify(metadata)));
    expect(registryRow(stored)).toEqual(one);
  }
  expect(effectiveRecord({ ...scanned, ...toldByRow(row) })).toMatchObject({
    name: 'Thick line (comic)',
    type: 'lora',
    family: 'sdxl',
    baseModel: 'SDXL 1.0',
    triggerWords: ['ink', 'line'],
    aliases: ['D:\\SD\\Lora\\line.safetensors'],
    lastUsedAt: '2026-01-02T00:00:00.000Z',
    civitai: { modelId: 7, versionId: 70, fileSizeKb: 223_101.5 },
    origins: { baseModel: 'civitai-sidecar' },
  });
});

it('a model that came another way is a row with what its layers give', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const layers = { embedded: { facts: { name: 'x' }, at }, scan: { facts: { type: 'lora' }, at } };
  expect(registryRow({ ...scanned, layers })).toMatchObject({
    id: 0,
    type: 'lora',
    civitai_id: null,
    metadata_status: 'none',
    metadata_source: 'embedded',
    has_embedded_metadata: 1,
  });
  expect(registryRow({ ...scanned, ...toldByRow({ ...empty, civitai_trained_words: '{broken' }) })).toMatchObject({
    civitai_trained_words: null,
  });
});
