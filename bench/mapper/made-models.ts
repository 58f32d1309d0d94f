import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type ModelRecord } from '@modelkeep/core';
import type { MappableModel } from '@modelkeep/mapper';

/** Models of a library in a folder, each with one small file. */
export function madeModels(root: string, count: number): readonly MappableModel[] {
  return Array.from({ length: count }, (_, index) => modelAt(root, index));
}

/** Writes their files. */
export async function writeModels(root: string, models: readonly MappableModel[]): Promise<void> {
  await mkdir(join(root, 'library', 'lora', 'flux1'), { recursive: true });
  for (const { record, folder } of models) {
    await mkdir(folder);
    await writeFile(join(folder, record.files[0]?.name ?? ''), 'data');
  }
}

function modelAt(root: string, index: number): MappableModel {
  const name = `model-${String(index).padStart(6, '0')}`;
  const slug = `lora/flux1/${name}`;
  const time = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
  const file = {
    name: `${name}.safetensors`,
    officialName: `${name}.safetensors`,
    role: 'weights',
    sizeBytes: 4,
  } as const;
  const sha256 = index.toString(16).padStart(64, '0');
  const record: ModelRecord = {
    id: newId(),
    slug,
    place: { kind: 'library' },
    officialName: name,
    cleanedName: name,
    name: null,
    type: 'lora',
    family: 'flux1',
    baseModel: null,
    format: 'safetensors',
    variant: null,
    precision: null,
    quantisation: null,
    parameterCount: null,
    safety: null,
    description: null,
    tags: [],
    triggerWords: [],
    licence: null,
    sizeBytes: 4,
    files: [{ ...file, sha256, blake3: null, gitSha1: null, source: null }],
    sources: [],
    sourceGroup: null,
    variantOf: null,
    companions: [],
    expectedFiles: [],
    complete: true,
    origins: {},
    revision: 1,
    importedAt: time,
    updatedAt: time,
  };
  return { record, folder: join(root, 'library', ...slug.split('/')) };
}
