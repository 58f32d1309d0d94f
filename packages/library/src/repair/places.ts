import { join } from 'node:path';
import type { ModelFile } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';
import { walkModels } from '../models/walk-models.ts';
import type { ContentSource } from './repair-report.ts';

/** @internal A file of a model that should have some content. */
export interface Place {
  readonly slug: string;
  readonly modelId: string;
  readonly path: string;
  readonly file: ModelFile;
}

/** @internal Where all models in the library have which content, by SHA-256. Models that cannot be read, and evicted ones, have none. */
export async function readPlaces(context: StoreContext, signal?: AbortSignal): Promise<ReadonlyMap<string, Place[]>> {
  const places = new Map<string, Place[]>();
  for await (const model of walkModels(context.fileSystem, context.layout)) {
    signal?.throwIfAborted();
    if ('error' in model || model.metadata.place !== undefined || model.metadata.evictedAt !== undefined) continue;
    for (const file of model.metadata.files) {
      const place = { slug: model.slug, modelId: model.metadata.id, path: join(model.folder, file.name), file };
      places.set(file.sha256, [...(places.get(file.sha256) ?? []), place]);
    }
  }
  return places;
}

/** @internal Each source that one of the places names, once. */
export function sourcesOf(places: readonly Place[]): ContentSource[] {
  const sources = new Map<string, ContentSource>();
  for (const { file } of places) {
    const { source, officialName } = file;
    if (source !== null) sources.set(JSON.stringify([source, officialName]), { source, officialName });
  }
  return [...sources.values()];
}

/** @internal Two names of one file. */
export function isSameFile(one: FileStatus, other: FileStatus): boolean {
  return one.inode === other.inode && one.device === other.device;
}
