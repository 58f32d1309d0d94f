import type { ModelMetadata } from '@modelkeep/core';
import { effectiveCivitai } from '../metadata/effective-civitai.ts';
import { effectiveFacts } from '../metadata/effective-record.ts';
import { readRegistryRow } from './read-registry-row.ts';
import type { RegistryEntry, RegistryRow } from './registry-row.ts';

/** What the metadata does not say of a model. */
export interface RegistryEntriesOptions {
  /** Where its first weights are: absolute. */
  readonly path: string;
}

/**
 * A model as rows of a registry: those that came from one as they were, with what is known since where they held nothing.
 * A model that came another way is one row, with the number 0: it has none yet.
 */
export function registryEntries(metadata: ModelMetadata, options: RegistryEntriesOptions): readonly RegistryEntry[] {
  const known = rowOf(metadata, options);
  const noted = notedEntries(metadata);
  if (noted.length === 0) return [{ row: known, aliases: metadata.aliases ?? [] }];
  return noted.map(({ row, aliases }) => ({ row: fill(row, known), aliases }));
}

/** The metadata of a library may come from anybody: what is no row is none. */
function notedEntries({ layers }: ModelMetadata): readonly RegistryEntry[] {
  const entries: unknown = layers.registry?.extra?.['entries'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown): RegistryEntry[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { row: values, aliases } = entry as Partial<Record<string, unknown>>;
    if (typeof values !== 'object' || values === null) return [];
    const { row } = readRegistryRow(values as Readonly<Record<string, unknown>>);
    const paths = Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [];
    return row === null ? [] : [{ row, aliases: paths }];
  });
}

/** Nulls are filled, and nothing else is touched. */
function fill(row: RegistryRow, known: RegistryRow): RegistryRow {
  const values = Object.entries(row).map(([name, value]) => [name, value ?? known[name as keyof RegistryRow]]);
  return Object.fromEntries(values) as RegistryRow;
}

function rowOf(metadata: ModelMetadata, { path }: RegistryEntriesOptions): RegistryRow {
  const { layers, files, lastUsedAt = null } = metadata;
  const civitai = effectiveCivitai(layers);
  const { facts, origins } = effectiveFacts(layers);
  const weights = files.find(({ role }) => role === 'weights');
  const forgeFormat = layers.forge?.extra?.['sd version'];
  const sha256 = weights?.sha256 ?? null;
  const trainedWords = civitai?.trainedWords ?? null;
  return {
    id: 0,
    name: metadata.officialName,
    type: (['lora', 'checkpoint'] as const).find((type) => type === facts.type) ?? null,
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
    civitai_trained_words: trainedWords === null ? null : JSON.stringify(trainedWords),
    civitai_file_size_kb: civitai?.fileSizeKb ?? null,
    metadata_status: civitai === null ? 'none' : 'partial',
    metadata_source: sourceOf(Object.values(origins)),
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
