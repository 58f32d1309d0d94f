import { fileRole } from '@modelkeep/core';
import { cleanText } from '../embedded/clean-text.ts';
import { readSafetensorsIndex } from '../safetensors/read-index.ts';
import type { FolderFile, FolderPlan, FolderReader, PlannedPart } from './folder-plan.ts';
import { partNeeds, type PartNeeds } from './part-needs.ts';
import { plannedWeights } from './planned-weights.ts';
import { readFolderJson, refuseLong } from './read-folder-json.ts';
import { readModelIndex, type IndexedPart } from './read-model-index.ts';
import type { ShardIndex } from './shard-sets.ts';

/** How much is read to plan a folder. */
export interface PlanFolderOptions {
  /** Of an index of shards; the names of the shards tell where one is longer. @default 33_554_432 */
  readonly maxIndexBytes?: number | undefined;
}

type Subject = Omit<IndexedPart, 'library' | 'className'> & Pick<PlannedPart, 'library' | 'className'>;

const MAX_INDEX_BYTES = 33_554_432;
const INDEX = /\.(?:safetensors|bin)\.index(?:\.[a-z0-9_]+)?\.json$/iu;
const OPTIONAL = 'safety_checker';

/**
 * Tells which files of a folder are what: of a pipeline by its `model_index.json`, of one model by its `config.json`, or by its
 * weights alone where it has those of one model.
 *
 * @returns null for a folder that is neither
 * @throws `formats.invalid`, `formats.too-large` for a description or an index of shards that breaks its rules; what `reader` throws
 */
export async function planFolder(reader: FolderReader, options: PlanFolderOptions = {}): Promise<FolderPlan | null> {
  const root = await reader.list('');
  const description = root.find(({ path }) => path === 'model_index.json');
  if (description === undefined) return planModel(reader, root, options);

  const path = `${reader.path}/model_index.json`;
  refuseLong(description.sizeBytes, { kind: 'model_index.json', path });
  const { className, version, parts } = readModelIndex(await reader.read(description), { path });
  const planned: PlannedPart[] = [];
  for (const part of parts)
    planned.push(await planPart(reader, { part, files: await reader.list(part.name), options }));
  const code = codeOf([...root, ...planned.flatMap(({ files }) => files)]);
  return { kind: 'pipeline', library: 'diffusers', className, version, parts: planned, code };
}

async function planModel(
  reader: FolderReader,
  root: readonly FolderFile[],
  options: PlanFolderOptions,
): Promise<FolderPlan | null> {
  const config = root.find(({ path }) => path === 'config.json');
  const said = config === undefined ? null : await readConfig(reader, config);
  const part = { name: '', library: said?.library ?? null, className: said?.className ?? null };
  const planned = await planPart(reader, { part, files: root, options });
  const isModel = said === null ? planned.weights.length === 1 : planned.weights.length > 0;
  if (!isModel) return null;
  const { library, className } = part;
  return { kind: 'model', library, className, version: said?.version ?? null, parts: [planned], code: codeOf(root) };
}

/** @returns null for a config of something else */
async function readConfig(
  reader: FolderReader,
  config: FolderFile,
): Promise<Pick<FolderPlan, 'library' | 'className' | 'version'> | null> {
  const json = { kind: 'config.json', path: `${reader.path}/${config.path}` } as const;
  refuseLong(config.sizeBytes, json);
  const said = readFolderJson(await reader.read(config), json);
  const text = (value: unknown): string | null => (typeof value === 'string' ? cleanText(value, 128) : null);
  const ofDiffusers = text(said['_class_name']);
  if (ofDiffusers !== null) {
    return { library: 'diffusers', className: ofDiffusers, version: text(said['_diffusers_version']) };
  }
  const architectures: unknown = said['architectures'];
  const first = Array.isArray(architectures) ? text(architectures[0]) : null;
  if (first === null && text(said['model_type']) === null) return null;
  return { library: 'transformers', className: first, version: text(said['transformers_version']) };
}

interface PartToPlan {
  readonly part: Subject;
  readonly files: readonly FolderFile[];
  readonly options: PlanFolderOptions;
}

async function planPart(reader: FolderReader, { part, files, options }: PartToPlan): Promise<PlannedPart> {
  const { maxIndexBytes = MAX_INDEX_BYTES } = options;
  const indexes = new Map<string, ShardIndex>();
  for (const file of files) {
    if (!INDEX.test(file.path) || file.sizeBytes > maxIndexBytes) continue;
    const index = readSafetensorsIndex(await reader.read(file), { path: `${reader.path}/${file.path}` });
    indexes.set(file.path, { files: [...new Set(index.fileOfTensor.values())].toSorted() });
  }
  const weights = plannedWeights(
    // Loaders look for weights in the folder itself.
    files.filter(
      ({ path }) =>
        fileRole(path) === 'weights' && !path.slice(part.name === '' ? 0 : part.name.length + 1).includes('/'),
    ),
    indexes,
  );
  const needs = part.className === null ? null : partNeeds(part);
  const missing = needs === null ? [] : missingOf(part, { needs, files, hasWeights: weights.length > 0 });
  const isOptional = part.name === OPTIONAL && files.length === 0;
  return { ...part, files, weights, missing: isOptional ? [] : missing, isOptional };
}

interface WhatIsThere {
  readonly needs: PartNeeds;
  readonly files: readonly FolderFile[];
  readonly hasWeights: boolean;
}

function missingOf({ name }: Subject, { needs, files, hasWeights }: WhatIsThere): readonly string[] {
  const prefix = name === '' ? '' : `${name}/`;
  const there = new Set(files.map(({ path }) => path));
  const small = needs.files.filter((either) => !either.some((each) => there.has(prefix + each)));
  const wanted = small.flatMap(([first]) => first ?? []);
  return [...wanted, ...(needs.weights === null || hasWeights ? [] : [needs.weights])].map((each) => prefix + each);
}

function codeOf(files: readonly FolderFile[]): readonly string[] {
  return files.flatMap(({ path }) => (path.endsWith('.py') ? [path] : [])).slice(0, 64);
}
