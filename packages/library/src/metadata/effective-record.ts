import {
  factLayers,
  type FactLayer,
  type ModelFacts,
  type ModelMetadata,
  type ModelOverrides,
  type ModelPlace,
  type ModelRecord,
} from '@modelkeep/core';

const factNames = [
  'name',
  'type',
  'family',
  'baseModel',
  'variant',
  'precision',
  'quantisation',
  'parameterCount',
  'description',
  'tags',
  'triggerWords',
  'licence',
] as const satisfies readonly (keyof ModelFacts)[];

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
      // A scan that does not know the type says so; that is no statement to prefer over a lower layer's.
      if (value === undefined || value === null || (name === 'type' && value === 'unknown')) continue;
      facts[name] = value;
      origins[name] = layer;
      break;
    }
  }
  return { facts, origins };
}

/** The record that the library answers: metadata.json with the user's overrides on top. */
export function effectiveRecord(metadata: ModelMetadata, overrides: ModelOverrides = {}): ModelRecord {
  const { facts, origins } = effectiveFacts(metadata.layers, overrides);
  const place: ModelPlace = metadata.place ?? { kind: 'library' };
  const missing = new Set(place.kind === 'external' ? place.missing : []);
  const present = new Set(metadata.files.map((file) => file.name).filter((name) => !missing.has(name)));
  return {
    id: metadata.id,
    slug: metadata.slug,
    place,
    officialName: metadata.officialName,
    cleanedName: metadata.cleanedName,
    type: facts.type ?? 'unknown',
    family: facts.family ?? null,
    baseModel: facts.baseModel ?? null,
    format: metadata.format,
    variant: facts.variant ?? null,
    precision: facts.precision ?? null,
    quantisation: facts.quantisation ?? null,
    parameterCount: facts.parameterCount ?? null,
    description: facts.description ?? null,
    tags: facts.tags ?? [],
    triggerWords: facts.triggerWords ?? [],
    licence: facts.licence ?? null,
    sizeBytes: metadata.files.reduce((total, file) => total + file.sizeBytes, 0),
    files: metadata.files,
    sources: metadata.sources,
    sourceGroup: metadata.sourceGroup,
    variantOf: metadata.variantOf,
    companions: metadata.companions,
    expectedFiles: metadata.expectedFiles,
    complete: metadata.expectedFiles.every((name) => present.has(name)),
    origins,
    revision: metadata.revision,
    importedAt: metadata.importedAt,
    updatedAt: metadata.updatedAt,
  };
}
