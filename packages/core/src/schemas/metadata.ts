import { z } from 'zod';
import type { HistoryEntry, ModelMetadata, ModelOverrides, VolumeFile } from '../records/metadata.ts';
import type { ExternalPlace, ModelFacts, ModelFile, ModelSource } from '../records/model-record.ts';
import { civitaiDetailsSchema } from './civitai-details.ts';
import { fieldHashesSchema } from './field-hashes.ts';
import { factLayers, fileRoles, modelFormats, modelTypes, sourceProviders } from '../records/model-terms.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const sha1 = z.string().regex(/^[0-9a-f]{40}$/);
const id = z.uuid();
const text = z.string().max(100_000);
const name = z.string().min(1).max(1_024);
const sizeBytes = z.int().nonnegative();
const schemaNumber = z.int().positive();

/** A word of a list that grows: one of a later version is no reason to call the file corrupt. */
function openWord(known: readonly string[], what: string): z.ZodType<string> {
  return z
    .string()
    .min(1)
    .max(200)
    .meta({
      description: `${what}. Known: ${known.join(', ')}. Others are of later versions and kept.`,
      examples: [...known],
    });
}

/** Checks the facts of one source. */
export const modelFactsSchema: z.ZodType<ModelFacts> = z.looseObject({
  name: text.nullish(),
  type: openWord(modelTypes, 'What the model is for').nullish(),
  family: text.nullish(),
  baseModel: text.nullish(),
  variant: text.nullish(),
  precision: text.nullish(),
  quantisation: text.nullish(),
  parameterCount: z.int().nonnegative().nullish(),
  description: text.nullish(),
  tags: z.array(text).max(10_000).nullish(),
  triggerWords: z.array(text).max(10_000).nullish(),
  licence: text.nullish(),
});

/** Checks a source. */
export const modelSourceSchema: z.ZodType<ModelSource> = z.looseObject({
  provider: openWord(sourceProviders, 'Where it comes from'),
  endpoint: z.string().nullable(),
  repo: z.string().nullable(),
  revision: z.string().nullable(),
  commit: sha1.nullable(),
  path: z.string().nullable(),
});

/** Checks one file of a model. */
export const modelFileSchema: z.ZodType<ModelFile> = z.looseObject({
  name,
  officialName: name,
  role: openWord(fileRoles, 'What the file is within its model'),
  sizeBytes,
  sha256,
  blake3: sha256.nullable(),
  gitSha1: sha1.nullable(),
  hashes: fieldHashesSchema,
  source: modelSourceSchema.nullable(),
  at: z.string().min(1).max(4_096).optional(),
  stamp: z.looseObject({ mtimeMs: z.number(), device: z.string().max(40), inode: z.string().max(40) }).optional(),
});

/** Checks where a model outside the library is. */
const externalPlaceSchema: z.ZodType<ExternalPlace> = z.looseObject({
  kind: z.literal('external'),
  volumeId: id.nullable(),
  path: z
    .string()
    .min(1)
    .max(4_096)
    .refine((path) => !path.includes('\0'), 'a path holds no NUL'),
  missing: z.array(name).max(100_000),
});

const layerSchema = z.looseObject({
  facts: modelFactsSchema,
  /** When the source was read: ISO 8601. */
  at: z.iso.datetime(),
  /** Version of the rules that made the layer, where it was made by rules. */
  rulesVersion: z.int().optional(),
  /** What the facts rest on, for people. */
  evidence: z.array(text).optional(),
  /** Which of several sources of this kind said it. */
  source: z.string().max(2_000).optional(),
  civitai: civitaiDetailsSchema.optional(),
  /** What else the source says. */
  extra: z.record(z.string(), z.unknown()).optional(),
});

/** The user's layer is overrides.json and never part of metadata.json; a later version's layers are kept. */
const layersSchema = z.looseObject({
  user: z.never().optional(),
  forge: layerSchema.optional(),
  'civitai-sidecar': layerSchema.optional(),
  embedded: layerSchema.optional(),
  'civitai-api': layerSchema.optional(),
  registry: layerSchema.optional(),
  hub: layerSchema.optional(),
  scan: layerSchema.optional(),
});

/** Checks one entry of a model's history. */
export const historyEntrySchema: z.ZodType<HistoryEntry> = z.looseObject({
  at: z.iso.datetime(),
  revision: z.int().positive(),
  layer: openWord(factLayers, 'The layer that changed'),
  by: openWord(['edit', 'file', 'import', 'source'], 'What changed it'),
  field: z.string().min(1).max(200),
  from: z.unknown(),
  to: z.unknown(),
});

/** Checks metadata.json. */
export const modelMetadataSchema: z.ZodType<ModelMetadata> = z.looseObject({
  schema: schemaNumber,
  minReader: schemaNumber.optional(),
  id,
  slug: z.string().min(1).max(512),
  place: externalPlaceSchema.optional(),
  officialName: name,
  cleanedName: name,
  format: openWord(modelFormats, 'How the bytes are laid out'),
  files: z.array(modelFileSchema).min(1).max(100_000),
  sources: z.array(modelSourceSchema).max(10_000),
  sourceGroup: z.string().nullable(),
  variantOf: z.string().nullable(),
  companions: z
    .array(z.looseObject({ role: openWord(['mmproj', 'vae', 'text-encoder'], 'What it is to this model'), id }))
    .max(1_000),
  expectedFiles: z.array(name).max(100_000),
  supersedes: id.optional(),
  replaced: z.array(modelFileSchema).max(100_000).optional(),
  evictedAt: z.iso.datetime().optional(),
  layers: layersSchema,
  formerIds: z.array(id).max(1_000).optional(),
  aliases: z.array(z.string().min(1).max(4_096)).max(1_000).optional(),
  lastUsedAt: z.iso.datetime().optional(),
  history: z.array(z.unknown()).max(10_000).optional(),
  revision: z.int().positive(),
  txn: id,
  importedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** Checks overrides.json. */
export const modelOverridesSchema: z.ZodType<ModelOverrides> = z.looseObject({
  schema: schemaNumber.optional(),
  minReader: schemaNumber.optional(),
  fields: modelFactsSchema.optional(),
  follow: openWord(['latest', 'pinned'], 'Where links of apps lead once there is a newer version').optional(),
  pinned: z.boolean().optional(),
  /* Not checked here: a wrong word about one app is no reason to call the file corrupt. */
  version_ranges: z
    .unknown()
    .optional()
    .meta({
      description: 'By the id of an app, the versions that see the model; one that is no range of semver hides it',
      examples: [{ comfyui: '>=0.3.0 <0.5.0' }],
    }),
  mapping: z
    .unknown()
    .optional()
    .meta({
      description: 'By the id of an app, or * for all: link (boolean), name, folder, names (official or cleaned)',
      examples: [{ '*': { names: 'official' }, comfyui: { link: false } }],
    }),
});

/** Checks modelkeep.json. */
export const volumeFileSchema: z.ZodType<VolumeFile> = z.looseObject({
  format: z.int().positive(),
  minReader: z.int().positive(),
  minWriter: z.int().positive(),
  libraryId: id,
  volumeId: id,
  store: z.enum(['linked', 'folder']),
  createdAt: z.iso.datetime(),
  quotaBytes: z.int().nonnegative().optional(),
});
