import {
  factLayers,
  fileRoles,
  knownWord,
  modelFormats,
  modelTypes,
  sourceProviders,
  type FactLayer,
  type ModelFacts,
  type ModelFile,
  type ModelMetadata,
  type ModelOverrides,
  type ModelPlace,
  type ModelRecord,
  type ModelSource,
} from '@modelkeep/core';
import { previewOf } from '../models/preview-of.ts';
import { effectiveCivitai } from './effective-civitai.ts';
import { factNames } from './fact-names.ts';
import { safetyOf } from './load-safety.ts';
import { readMapping } from './read-mapping.ts';

/** The facts that count and the layer each one came from. */
export interface EffectiveFacts {
  readonly facts: ModelFacts;
  readonly origins: Readonly<Partial<Record<keyof ModelFacts, FactLayer>>>;
}

/**
 * For each fact the value of the most trusted layer that states one. Depends on what the layers hold and not on the
 * order in which they arrived.
 */
export function effectiveFacts(layers: ModelMetadata['layers'], overrides: ModelOverrides = {}): EffectiveFacts {
  const facts: Record<string, unknown> = {};
  const origins: Partial<Record<keyof ModelFacts, FactLayer>> = {};
  for (const name of factNames) {
    for (const layer of factLayers) {
      const value = (layer === 'user' ? overrides.fields : layers[layer]?.facts)?.[name];
      if (value === undefined || value === null) continue;
      // A source that does not know the type says so; that is no statement to prefer over a lower layer's.
      if (name === 'type' && value === 'unknown' && layer !== 'user') continue;
      facts[name] = value;
      origins[name] = layer;
      break;
    }
  }
  return { facts, origins };
}

/**
 * The record that the library answers: metadata.json with the user's overrides on top. Words of a later version count as
 * `unknown` (type, format) or `other` (role of a file, provider of a source).
 */
export function effectiveRecord(metadata: ModelMetadata, overrides: ModelOverrides = {}): ModelRecord {
  const { facts, origins } = effectiveFacts(metadata.layers, overrides);
  const place: ModelPlace = metadata.place ?? { kind: 'library' };
  const missing = new Set(place.kind === 'external' ? place.missing : []);
  const mapping = readMapping(overrides);
  const present = new Set(metadata.files.map((file) => file.name).filter((name) => !missing.has(name)));
  return {
    id: metadata.id,
    slug: metadata.slug,
    place,
    officialName: metadata.officialName,
    cleanedName: metadata.cleanedName,
    name: textOf(facts.name),
    type: knownWord(facts.type ?? 'unknown', { known: modelTypes, fallback: 'unknown' }),
    family: textOf(facts.family),
    baseModel: textOf(facts.baseModel),
    format: knownWord(metadata.format, { known: modelFormats, fallback: 'unknown' }),
    variant: textOf(facts.variant),
    precision: textOf(facts.precision),
    quantisation: textOf(facts.quantisation),
    parameterCount: facts.parameterCount ?? null,
    description: textOf(facts.description),
    tags: facts.tags ?? [],
    triggerWords: facts.triggerWords ?? [],
    licence: textOf(facts.licence),
    safety: safetyOf(metadata),
    sizeBytes: metadata.files.reduce((total, file) => total + file.sizeBytes, 0),
    files: metadata.files.map((file) => knownFile(file)),
    sources: metadata.sources.map((source) => knownSource(source)),
    sourceGroup: metadata.sourceGroup,
    variantOf: metadata.variantOf,
    companions: metadata.companions,
    expectedFiles: metadata.expectedFiles,
    complete: metadata.evictedAt === undefined && metadata.expectedFiles.every((name) => present.has(name)),
    ...versionFields(metadata, overrides),
    origins,
    ...optional('civitai', effectiveCivitai(metadata.layers) ?? undefined),
    ...optional('formerIds', metadata.formerIds),
    ...optional('aliases', metadata.aliases),
    ...optional('preview', previewOf(metadata, missing)),
    ...optional('lastUsedAt', metadata.lastUsedAt),
    ...(mapping === null ? {} : { mapping }),
    revision: metadata.revision,
    importedAt: metadata.importedAt,
    updatedAt: metadata.updatedAt,
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

/** What most models have nothing to say about is left out. */
function versionFields(
  { supersedes, evictedAt }: ModelMetadata,
  { follow, pinned }: ModelOverrides,
): Pick<ModelRecord, 'supersedes' | 'follow' | 'pinned' | 'evictedAt'> {
  return {
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(follow === 'pinned' ? { follow: 'pinned' as const } : {}),
    ...(pinned === true ? { pinned } : {}),
    ...(evictedAt === undefined ? {} : { evictedAt }),
  };
}

/** An empty text is the statement that there is none. */
function textOf(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}

function knownFile(file: ModelFile): ModelFile {
  const role = knownWord(file.role, { known: fileRoles, fallback: 'other' });
  return { ...file, role, source: file.source === null ? null : knownSource(file.source) };
}

function knownSource(source: ModelSource): ModelSource {
  return { ...source, provider: knownWord(source.provider, { known: sourceProviders, fallback: 'other' }) };
}
