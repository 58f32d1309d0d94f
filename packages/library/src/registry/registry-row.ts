import {
  factsOfCivitai,
  noCivitaiDetails,
  typeOfCivitaiWord,
  type CivitaiDetails,
  type MetadataLayer,
  type ModelMetadata,
} from '@modelkeep/core';
import { effectiveCivitai } from '../metadata/effective-civitai.ts';
import { effectiveFacts } from '../metadata/effective-record.ts';

/** A row of the table `models` of an older kind of registry, in its own names: its 24 fields. */
export interface RegistryRow {
  readonly id: number;
  readonly name: string;
  readonly type: 'checkpoint' | 'lora' | null;
  readonly local_path: string | null;
  readonly filename: string | null;
  readonly civitai_id: number | null;
  readonly civitai_version_id: number | null;
  /** What Forge calls the kind of base model. */
  readonly forge_format: string | null;
  readonly hash_autov2: string | null;
  readonly hash_sha256: string | null;
  readonly civitai_model_name: string | null;
  readonly civitai_model_base: string | null;
  readonly civitai_model_type: string | null;
  readonly civitai_model_version_name: string | null;
  readonly civitai_model_version_desc: string | null;
  readonly civitai_model_version_date: string | null;
  readonly civitai_download_url: string | null;
  /** JSON of a list. */
  readonly civitai_trained_words: string | null;
  readonly civitai_file_size_kb: number | null;
  readonly metadata_status: 'none' | 'partial' | 'complete';
  readonly metadata_source: 'forge' | 'civitai' | 'embedded' | 'none';
  readonly has_embedded_metadata: 0 | 1;
  readonly last_used: string | null;
  readonly created_at: string;
}

/** What a row tells of a model, each field in its place. */
export type ToldByRow = Pick<ModelMetadata, 'officialName' | 'importedAt' | 'aliases' | 'lastUsedAt' | 'layers'>;

/**
 * What a row of a registry tells of the model that has its file. Its hashes are claims: they say which model is meant, and
 * are not kept as such.
 */
export function toldByRow(row: RegistryRow): ToldByRow {
  const words: unknown = row.civitai_trained_words === null ? null : jsonOf(row.civitai_trained_words);
  const civitai: CivitaiDetails = {
    ...noCivitaiDetails,
    modelId: row.civitai_id,
    versionId: row.civitai_version_id,
    modelName: row.civitai_model_name,
    modelType: row.civitai_model_type,
    baseModel: row.civitai_model_base,
    versionName: row.civitai_model_version_name,
    versionDescription: row.civitai_model_version_desc,
    publishedAt: row.civitai_model_version_date,
    downloadUrl: row.civitai_download_url,
    trainedWords: Array.isArray(words) ? words.filter((word) => typeof word === 'string') : null,
    fileSizeKb: row.civitai_file_size_kb,
  };
  const at = row.created_at;
  const isEmpty = Object.values(civitai).every((value) => value === null);
  const registry = { id: row.id, status: row.metadata_status, source: row.metadata_source };
  const sidecar: MetadataLayer = {
    facts: { ...factsOfCivitai(civitai), type: row.type ?? typeOfCivitaiWord(row.civitai_model_type) },
    at,
    source: 'registry',
    ...(isEmpty ? {} : { civitai }),
    extra: { registry },
  };
  const forge: MetadataLayer = { facts: {}, at, extra: { 'sd version': row.forge_format } };
  const embedded: MetadataLayer = { facts: {}, at };
  return {
    officialName: row.name,
    importedAt: at,
    ...(row.local_path === null ? {} : { aliases: [row.local_path] }),
    ...(row.last_used === null ? {} : { lastUsedAt: row.last_used }),
    layers: {
      ...(row.forge_format === null ? {} : { forge }),
      'civitai-sidecar': sidecar,
      ...(row.has_embedded_metadata === 1 ? { embedded } : {}),
    },
  };
}

/**
 * A model as a row of such a registry: what {@link toldByRow} read comes out as it was, and a model that came another way
 * has the numbers and words that its layers give.
 */
export function registryRow(metadata: ModelMetadata): RegistryRow {
  const { layers, files, aliases = [], lastUsedAt = null } = metadata;
  const civitai = effectiveCivitai(layers);
  const { facts, origins } = effectiveFacts(layers);
  const weights = files.find(({ role }) => role === 'weights');
  const noted = layers['civitai-sidecar']?.extra?.['registry'] as Partial<Record<string, unknown>> | undefined;
  const forgeFormat = layers.forge?.extra?.['sd version'];
  const path = aliases[0] ?? weights?.source?.path ?? null;
  const sha256 = weights?.sha256 ?? null;
  return {
    id: typeof noted?.['id'] === 'number' ? noted['id'] : 0,
    name: metadata.officialName,
    type: wordOf<'lora' | 'checkpoint'>(facts.type, ['lora', 'checkpoint']) ?? null,
    local_path: path,
    filename: weights?.officialName ?? null,
    civitai_id: civitai?.modelId ?? null,
    civitai_version_id: civitai?.versionId ?? null,
    forge_format: typeof forgeFormat === 'string' ? forgeFormat : null,
    hash_autov2: sha256?.slice(0, 10) ?? null,
    hash_sha256: sha256,
    civitai_model_name: civitai?.modelName ?? null,
    civitai_model_base: civitai?.baseModel ?? null,
    civitai_model_type: civitai?.modelType ?? null,
    civitai_model_version_name: civitai?.versionName ?? null,
    civitai_model_version_desc: civitai?.versionDescription ?? null,
    civitai_model_version_date: civitai?.publishedAt ?? null,
    civitai_download_url: civitai?.downloadUrl ?? null,
    civitai_trained_words:
      civitai?.trainedWords === null || civitai === null ? null : JSON.stringify(civitai.trainedWords),
    civitai_file_size_kb: civitai?.fileSizeKb ?? null,
    metadata_status:
      wordOf(noted?.['status'], ['none', 'partial', 'complete']) ?? (civitai === null ? 'none' : 'partial'),
    metadata_source:
      wordOf(noted?.['source'], ['forge', 'civitai', 'embedded', 'none']) ?? sourceOf(Object.values(origins)),
    has_embedded_metadata: layers.embedded === undefined ? 0 : 1,
    last_used: lastUsedAt,
    created_at: metadata.importedAt,
  };
}

function sourceOf(origins: readonly string[]): RegistryRow['metadata_source'] {
  if (origins.includes('forge')) return 'forge';
  if (origins.some((origin) => origin.startsWith('civitai'))) return 'civitai';
  return origins.includes('embedded') ? 'embedded' : 'none';
}

function wordOf<Word extends string>(found: unknown, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === found);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It throws for nothing but what is no JSON.
    return null;
  }
}
