import { join } from 'node:path';
import { isModelkeepError, type MetadataLayer, type ModelSource } from '@modelkeep/core';
import { readJson, type FileSystem } from '@modelkeep/io';
import { z } from 'zod';
import { judgeName } from '../names/judge-name.ts';
import type { FileProblem } from '../scan/scan-report.ts';
import { inspectFile, refused } from './inspect-file.ts';
import type { StoreFile, StoreReading, StoreSet } from './store-set.ts';

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Templates and parameters are kept as text; a larger one is none. */
const MAX_TEXT_BYTES = 256 * 1024;
/** Registry, namespace, model, tag. */
const DEPTH = 4;
const DIGEST = /^sha256[:-](?<hex>[0-9a-f]{64})$/u;

const layerSchema = z.looseObject({ mediaType: z.string().max(500), digest: z.string(), size: z.int().nonnegative() });
const manifestSchema = z.looseObject({ config: layerSchema.nullish(), layers: z.array(layerSchema).max(10_000) });
type Layer = z.infer<typeof layerSchema>;

/** What the layers of a manifest are called, and whether their text is kept as a fact. */
const layerNames: Readonly<Record<string, { readonly name: (model: string) => string; readonly fact?: string }>> = {
  model: { name: (model) => `${model}.gguf` },
  projector: { name: (model) => `${model}-mmproj.gguf` },
  adapter: { name: (model) => `${model}-adapter.gguf` },
  template: { name: () => 'template', fact: 'template' },
  system: { name: () => 'system', fact: 'system' },
  params: { name: () => 'params.json', fact: 'parameters' },
  messages: { name: () => 'messages.json', fact: 'messages' },
  license: { name: () => 'LICENSE' },
};

/**
 * @internal Reads the store of Ollama: `manifests/<registry>/<namespace>/<model>/<tag>` say which
 * `blobs/sha256-<64 hex>` make a model.
 *
 * @param folder - the folder that holds both, without links on the way
 * @param at - when it is read, ISO 8601
 */
export async function readOllamaStore(fileSystem: FileSystem, folder: string, at: string): Promise<StoreReading> {
  const problems: FileProblem[] = [];
  const skipped: { path: string; reason: string }[] = [];
  const sets: StoreSet[] = [];
  for (const name of await manifestNames(fileSystem, join(folder, 'manifests'), problems)) {
    const path = join(folder, 'manifests', name);
    try {
      const parsed = manifestSchema.safeParse(await readJson(fileSystem, { path, maxBytes: MAX_MANIFEST_BYTES }));
      if (!parsed.success) {
        problems.push(refused(path, 'it is no manifest'));
        continue;
      }
      const reading = { fileSystem, folder, path, name, at, problems };
      const set = await readManifest(reading, parsed.data.layers, parsed.data.config ?? null);
      if (set === null) skipped.push({ path, reason: 'it names no model file' });
      else sets.push(set);
    } catch (error) {
      if (!isModelkeepError(error)) throw error;
      problems.push({ path, code: error.code, message: error.message });
    }
  }
  return { sets, problems, skipped };
}

async function manifestNames(fileSystem: FileSystem, folder: string, problems: FileProblem[]): Promise<string[]> {
  let level = [''];
  for (let depth = 1; depth <= DEPTH; depth += 1) {
    const next: string[] = [];
    for (const below of level) {
      const inside = join(folder, below);
      try {
        for (const { name, kind } of await fileSystem.readdir(inside)) {
          if (name.startsWith('.')) continue;
          const isExpected = kind === (depth === DEPTH ? 'file' : 'folder') && judgeName(name) === null;
          if (isExpected) next.push(below === '' ? name : `${below}/${name}`);
          else problems.push(refused(join(inside, name), 'it is not where a manifest can be'));
        }
      } catch (error) {
        if (!isModelkeepError(error)) throw error;
        problems.push({ path: inside, code: error.code, message: error.message });
      }
    }
    level = next;
  }
  return level.toSorted();
}

interface Reading {
  readonly fileSystem: FileSystem;
  readonly folder: string;
  /** Of the manifest. */
  readonly path: string;
  /** Below the manifests. */
  readonly name: string;
  readonly at: string;
  readonly problems: FileProblem[];
}

async function readManifest(
  reading: Reading,
  layers: readonly Layer[],
  config: Layer | null,
): Promise<StoreSet | null> {
  const { folder, name, at, path, problems } = reading;
  const [registry = '', namespace = '', model = '', tag = ''] = name.split('/');
  const repo = `${namespace}/${model}`;
  const source: ModelSource = {
    provider: 'ollama',
    endpoint: `https://${registry}`,
    repo,
    revision: tag,
    commit: null,
    path: null,
  };
  const files: StoreFile[] = [];
  const extra: Record<string, unknown> = {};
  const names = new Set<string>();
  for (const layer of layers) {
    const kind = /^application\/vnd\.ollama\.image\.(?<kind>[a-z]+)$/u.exec(layer.mediaType)?.groups?.['kind'] ?? '';
    const known = layerNames[kind];
    if (known === undefined) continue;
    const blob = await readLayer(reading, layer);
    if ('code' in blob) {
      problems.push(blob);
      continue;
    }
    const official = uniqueName(known.name(`${model}-${tag}`), names);
    files.push({ ...blob, name: official, source });
    if (known.fact !== undefined) extra[known.fact] = await textOf(reading, blob);
  }
  if (!files.some(({ name: official }) => official.endsWith('.gguf'))) return null;
  if (config !== null) {
    const blob = await readLayer(reading, config);
    if ('code' in blob) problems.push({ ...blob, path });
    else extra['config'] = await textOf(reading, blob);
  }
  const hub: MetadataLayer = {
    facts: { name: `${namespace === 'library' ? '' : `${namespace}/`}${model}:${tag}` },
    at,
    extra,
  };
  const sourceGroup = `ollama:${registry}/${repo}`;
  return { name: `${model}-${tag}`, folder, bases: [folder], files, sourceGroup, layers: { hub } };
}

async function readLayer(
  { fileSystem, folder, path }: Reading,
  { digest, size }: Layer,
): Promise<Omit<StoreFile, 'name' | 'source'> | FileProblem> {
  const hex = DIGEST.exec(digest)?.groups?.['hex'];
  if (hex === undefined) return refused(path, `${JSON.stringify(digest.slice(0, 100))} is no digest`);
  const blobs = join(folder, 'blobs');
  const blob = join(blobs, `sha256-${hex}`);
  let found = await inspectFile(fileSystem, blob, [blobs]);
  // Before version 0.1.32 the name was the digest as it is written.
  if ('code' in found && found.code === 'io.not-found')
    found = await inspectFile(fileSystem, join(blobs, `sha256:${hex}`), [blobs]);
  if ('code' in found) return found;
  if (found.sizeBytes !== size) return refused(blob, `it has ${found.sizeBytes} bytes where its manifest says ${size}`);
  return { path: found.real, ...found, claim: { sha256: hex, gitSha1: null } };
}

async function textOf(
  { fileSystem }: Reading,
  file: { readonly real: string; readonly sizeBytes: number },
): Promise<unknown> {
  if (file.sizeBytes > MAX_TEXT_BYTES) return null;
  const text = Buffer.from(await fileSystem.readFile(file.real, { maxBytes: MAX_TEXT_BYTES })).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A template is no JSON.
    return text;
  }
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let number = 2; taken.has(unique); number += 1) {
    const dot = name.lastIndexOf('.');
    unique = dot > 0 ? `${name.slice(0, dot)}-${number}${name.slice(dot)}` : `${name}-${number}`;
  }
  taken.add(unique);
  return unique;
}
