import { join } from 'node:path';
import { comparablePath, isSha1, type ModelFile, type ModelRecord } from '@modelkeep/core';
import type { ContentSource, InventoryItem } from '@modelkeep/fleet';

const MAX_PATH_CHARS = 1_024;

/** @internal What is known of a model beside its record. */
export interface InventoryContext {
  readonly folderOf: (model: ModelRecord) => string;
  /** The hub whose repos go by their names alone. */
  readonly hubEndpoint: string;
  readonly corrupt: ReadonlySet<string>;
}

/** @internal The weights of a model that are here. What comes from outside and would be refused is left out of it. */
export function inventoryItems(model: ModelRecord, context: InventoryContext): InventoryItem[] {
  if (model.evictedAt !== undefined) return [];
  const missing = new Set(model.place.kind === 'external' ? model.place.missing : []);
  const weights = model.files.filter(({ role, name }) => role === 'weights' && !missing.has(name));
  return weights.flatMap((file) => itemOf(model, { file, isOnly: weights.length === 1 }, context));
}

function itemOf(
  model: ModelRecord,
  { file, isOnly }: { readonly file: ModelFile; readonly isOnly: boolean },
  { folderOf, hubEndpoint, corrupt }: InventoryContext,
): InventoryItem[] {
  const path = join(folderOf(model), file.at ?? file.name);
  if (!isPath(path)) return [];
  return [
    {
      sha256: file.sha256,
      sizeBytes: file.sizeBytes,
      path,
      name: (model.name ?? model.cleanedName).slice(0, 256),
      type: model.type,
      family: wordOf(model.family),
      baseModel: wordOf(model.baseModel),
      precision: wordOf(model.quantisation ?? model.precision),
      civitaiVersionId: model.civitai?.versionId ?? null,
      sources: sourcesOf(model, { file, hubEndpoint }),
      // Aliases are of the model: of several files nobody can say which one is meant.
      aliases: isOnly ? (model.aliases ?? []).filter(isPath).slice(0, 32) : [],
      corrupt: corrupt.has(file.sha256),
    },
  ];
}

function sourcesOf(
  { sources }: ModelRecord,
  { file, hubEndpoint }: { readonly file: ModelFile; readonly hubEndpoint: string },
): ContentSource[] {
  const own = file.source === null ? [] : [file.source];
  const all = [...own, ...sources.filter(({ path }) => path === file.source?.path)];
  const found = all.flatMap(({ provider, endpoint, repo, path, revision, commit }): ContentSource[] => {
    const isOfHub = provider === 'hf' && (endpoint === null || endpoint === hubEndpoint);
    if (!isOfHub || repo === null || path === null || !/^[^/\s]+\/[^/\s]+$/u.test(repo)) return [];
    if (repo.length > 256 || path.length > MAX_PATH_CHARS) return [];
    return [{ repo, path, revision: (revision ?? '').slice(0, 256), commit: isSha1(commit) ? commit : null }];
  });
  const different = new Map(found.map((source) => [JSON.stringify(source), source]));
  return [...different.values()].slice(0, 16);
}

function wordOf(text: string | null): string | null {
  return text === null || text.includes('\0') ? null : text.slice(0, 64);
}

function isPath(path: string): boolean {
  return path.length <= MAX_PATH_CHARS && comparablePath(path) !== null;
}
