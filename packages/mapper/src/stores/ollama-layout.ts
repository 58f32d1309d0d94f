import { join } from 'node:path';
import type { ModelFile, ModelRecord, ModelSource } from '@modelkeep/core';
import { lastSegment } from '../app/path-parts.ts';
import { isSafeSegment } from '../app/safe-names.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { configText, manifestText, type OllamaLayer } from './ollama-manifest.ts';
import { hubSource, plainName } from './store-names.ts';
import type { StoreFile, StoreLayout, StorePlace, StoreRequest } from './store-layout.ts';
import { textSha256, writtenSource } from './written-source.ts';

const BLOBS = 'blobs';
/** Host, namespace, model. */
const MANIFEST_FOLDER = /^manifests\/[A-Za-z0-9][\w.-]{0,349}\/\w[\w-]{0,79}\/\w[\w.-]{0,79}$/u;
const TAG = /^\w[\w.-]{0,79}$/u;

/**
 * @internal The store of Ollama: `blobs/sha256-<64 hex>` are the bytes, `manifests/<host>/<namespace>/<model>/<tag>` say which
 * of them make a model. Names follow its `types/model/name.go`. At its start it removes blobs that no manifest names.
 */
export const ollamaLayout: StoreLayout = {
  format: 'ollama',
  subfolder: 'models',
  prefer: ['reflink', 'hardlink', 'symlink', 'copy'],
  symlinkWarning: 'Ollama reads blobs through links, and removes the links of models that it is told to remove',
  place,
  depthOf: (folder) => (`/${folder}`.includes('/manifests/') ? 1 : 0),
  hasFolder: (folder) => folder === BLOBS || MANIFEST_FOLDER.test(folder),
  isNeededBy: (link, other) => {
    const hex = /sha256-(?<hex>[0-9a-f]{64})$/u.exec(link.target)?.groups?.['hex'];
    return hex !== undefined && other.content !== null && other.content.includes(`"sha256:${hex}"`);
  },
};

function place(model: MappableModel, { companions, suffix }: StoreRequest): StorePlace {
  const { record, folder } = model;
  if (record.type === 'mmproj') return refuse('type-not-mapped', 'it goes with its language model');
  const weights = record.files.filter(({ role, name }) => role === 'weights' && isGguf(name));
  const [only] = weights;
  if (only === undefined) return refuse('no-weights', 'the model has no GGUF file');
  if (weights.length > 1)
    return refuse(
      'shards-not-supported',
      `Ollama opens single files only, and this model is in ${weights.length} parts`,
    );
  const layers: OllamaLayer[] = [];
  const files = new Map<string, StoreFile>();
  const add = (kind: string, from: string, file: ModelFile): void => {
    layers.push({ kind, sha256: file.sha256, sizeBytes: file.sizeBytes });
    const blob = blobFile(file.sha256, file.sizeBytes);
    files.set(file.sha256, { ...blob, source: join(from, file.at ?? file.name), origin: 'library', content: null });
  };
  add('model', folder, only);
  for (const companion of companions) {
    const file = companion.record.files.find(({ role, name }) => role === 'weights' && isGguf(name));
    if (file !== undefined) add('projector', companion.folder, file);
  }
  for (const file of record.files) {
    const kind = textKind(file);
    if (kind !== null) add(kind, folder, file);
  }

  const config = configText(record, layers);
  const configSha256 = textSha256(config);
  const configBytes = Buffer.byteLength(config);
  files.set(configSha256, {
    ...blobFile(configSha256, configBytes),
    source: writtenSource(config),
    origin: 'written',
    content: config,
  });
  const { path, tag } = nameInStore(record, suffix);
  if (!MANIFEST_FOLDER.test(path) || !TAG.test(tag) || !path.split('/').every(isSafeSegment) || !isSafeSegment(tag))
    return refuse('unsafe-name', `${path}/${tag} is no name of a model for Ollama`);
  const manifest = manifestText({ sha256: configSha256, sizeBytes: configBytes }, layers);
  const written: StoreFile = {
    folder: path,
    name: tag,
    source: writtenSource(manifest),
    origin: 'written',
    fileSha256: null,
    sizeBytes: Buffer.byteLength(manifest),
    content: manifest,
  };
  return { files: [...files.values(), written], reason: null };
}

function blobFile(sha256: string, sizeBytes: number): Pick<StoreFile, 'folder' | 'name' | 'fileSha256' | 'sizeBytes'> {
  return { folder: BLOBS, name: `sha256-${sha256}`, fileSha256: sha256, sizeBytes };
}

function isGguf(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf');
}

/** What the files are called when a model of Ollama was adopted; a licence may come with any model. */
function textKind({ name, source }: ModelFile): string | null {
  const last = lastSegment(name);
  if (/^licen[cs]e(?:\.(?:txt|md))?$/iu.test(last)) return 'license';
  if (source?.provider !== 'ollama') return null;
  return { template: 'template', system: 'system', 'params.json': 'params', 'messages.json': 'messages' }[last] ?? null;
}

/**
 * What is from Ollama's registry gets its name back. What is from the Hub is called as `ollama pull hf.co/…` would call it.
 * Anything else is called `modelkeep/<name>`, where no model of the registry is in the way.
 */
function nameInStore(record: ModelRecord, suffix: string): { readonly path: string; readonly tag: string } {
  const own = record.files.map(({ source }) => source).find((source) => isOllama(source));
  if (own?.repo !== null && own?.repo !== undefined) {
    const host = own.endpoint === null ? 'registry.ollama.ai' : own.endpoint.replace(/^https?:\/\//u, '');
    return { path: `manifests/${host}/${own.repo}`, tag: `${own.revision ?? 'latest'}${suffix}` };
  }
  const tag = plainName(record.quantisation ?? 'latest');
  const repo = hubSource(record)?.repo ?? '';
  const [org = '', name = ''] = repo.split('/');
  if (/^\w[\w-]{0,79}$/u.test(org) && name !== '')
    return { path: `manifests/hf.co/${org}/${plainName(name)}`, tag: `${tag}${suffix}` };
  const model = plainName(record.cleanedName);
  return { path: `manifests/registry.ollama.ai/modelkeep/${model}`, tag: `${tag}${suffix}` };
}

function isOllama(source: ModelSource | null): source is ModelSource {
  return source?.provider === 'ollama';
}

function refuse(code: LinkReason['code'], message: string): StorePlace {
  return { files: null, reason: { code, message } };
}
