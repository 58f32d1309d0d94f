import { isAbsolute, join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ModelMetadata, type ModelOverrides } from '@modelkeep/core';
import { modelMetadataSchema, modelOverridesSchema } from '@modelkeep/core/schemas';
import { readJson, type FileSystem } from '@modelkeep/io';
import { judgeName } from '../names/judge-name.ts';
import { isOwnName } from '../names/unique-names.ts';
import { effectiveFacts } from './effective-record.ts';
import { metadataVersions, overridesVersions, readableDocument } from './schema-versions.ts';

export const METADATA_FILE = 'metadata.json';
export const OVERRIDES_FILE = 'overrides.json';

/**
 * Reads the metadata.json of a model's folder. What stands there may come from another machine and is checked like a
 * hub's answer: digests, ids and every file name.
 *
 * @throws `library.corrupt-metadata`, `core.format-newer`, `io.not-found`, `io.permission`
 */
export async function readMetadata(fileSystem: FileSystem, folder: string): Promise<ModelMetadata> {
  const path = join(folder, METADATA_FILE);
  return parseMetadata(await readOrCorrupt(fileSystem, path), path);
}

/**
 * @internal Checks what is said to be a metadata.json.
 *
 * @param path - names it in errors
 * @throws `library.corrupt-metadata`, `core.format-newer`
 */
export function parseMetadata(document: unknown, path: string): ModelMetadata {
  const json = readableDocument(document, path, metadataVersions);
  const parsed = modelMetadataSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw corrupt(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  for (const file of parsed.data.files) {
    const problem = judgeName(file.name);
    if (problem !== null) throw corrupt(path, `the file name ${JSON.stringify(file.name)} is unsafe (${problem})`);
    if (isOwnName(file.name)) throw corrupt(path, `the file name ${JSON.stringify(file.name)} is the library's own`);
    if (file.at !== undefined && !isBelow(file.at))
      throw corrupt(path, `${JSON.stringify(file.at)} leads out of the model`);
  }
  const { place } = parsed.data;
  if (place?.volumeId === null && !isAbsolute(place.path))
    throw corrupt(path, 'the place of the files is not absolute');
  return parsed.data;
}

/** Reads overrides.json; a model without one has no overrides. @throws `library.corrupt-metadata`, `core.format-newer` */
export async function readOverrides(fileSystem: FileSystem, folder: string): Promise<ModelOverrides> {
  const path = join(folder, OVERRIDES_FILE);
  let json: unknown;
  try {
    json = await readOrCorrupt(fileSystem, path);
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return {};
    throw error;
  }
  return parseOverrides(json, path);
}

/** @internal Checks what is said to be an overrides.json. @throws `library.corrupt-metadata`, `core.format-newer` */
export function parseOverrides(document: unknown, path: string): ModelOverrides {
  const parsed = modelOverridesSchema.safeParse(readableDocument(document, path, overridesVersions));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw corrupt(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

/** The text of metadata.json: what people look for first comes first. */
export function serialiseMetadata(metadata: ModelMetadata): string {
  const { schema, id, slug, officialName, cleanedName, ...rest } = metadata;
  const { facts } = effectiveFacts(metadata.layers);
  const shown = { type: facts.type ?? 'unknown', family: facts.family ?? null, baseModel: facts.baseModel ?? null };
  return `${JSON.stringify({ schema, id, slug, officialName, cleanedName, ...shown, ...without(rest, Object.keys(shown)) }, null, 2)}\n`;
}

/** The text of overrides.json. */
export function serialiseOverrides(overrides: ModelOverrides): string {
  return `${JSON.stringify(overrides, null, 2)}\n`;
}

/** Names outside the library may be any that a system allows, but none leads out of the model's folder. */
function isBelow(path: string): boolean {
  return path !== '' && !path.includes('\0') && !isAbsolute(path) && !path.split('/').includes('..');
}

function without(object: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

async function readOrCorrupt(fileSystem: FileSystem, path: string): Promise<unknown> {
  try {
    return await readJson(fileSystem, { path });
  } catch (error) {
    if (isModelkeepError(error, 'io.corrupt-json')) throw corrupt(path, error.facts.reason, error);
    throw error;
  }
}

function corrupt(path: string, reason: string, cause?: unknown): ModelkeepError {
  return new ModelkeepError('library.corrupt-metadata', {
    message: `${path} cannot be used: ${reason}`,
    facts: { path, reason },
    hint: 'the files beside it are kept: mend or restore this file, then run rebuild; or import the files again',
    cause,
  });
}
