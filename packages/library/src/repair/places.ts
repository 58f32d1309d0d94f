import { join } from 'node:path';
import type { ModelFile, ModelSource } from '@modelkeep/core';
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
  /** Where the model can be had on Civitai, of its only weights: that was found out by their hash. */
  readonly others: readonly ModelSource[];
}

/** @internal Where all models in the library have which content, by SHA-256. Models that cannot be read, and evicted ones, have none. */
export async function readPlaces(context: StoreContext, signal?: AbortSignal): Promise<ReadonlyMap<string, Place[]>> {
  const places = new Map<string, Place[]>();
  for await (const model of walkModels(context.fileSystem, context.layout)) {
    signal?.throwIfAborted();
    if ('error' in model || model.metadata.place !== undefined || model.metadata.evictedAt !== undefined) continue;
    const { id: modelId, files, sources } = model.metadata;
    const isSingle = files.filter(({ role }) => role === 'weights').length === 1;
    const onCivitai = sources.filter(({ provider }) => provider === 'civitai');
    for (const file of files) {
      const others = isSingle && file.role === 'weights' ? onCivitai : [];
      const place = { slug: model.slug, modelId, path: join(model.folder, file.name), file, others };
      places.set(file.sha256, [...(places.get(file.sha256) ?? []), place]);
    }
  }
  return places;
}

/** @internal Each source that one of the places names, once: where the files came from, then where else they can be had. */
export function sourcesOf(places: readonly Place[]): ContentSource[] {
  const sources = new Map<string, ContentSource>();
  const add = (source: ModelSource, officialName: string): void => {
    sources.set(JSON.stringify([source, officialName]), { source, officialName });
  };
  for (const { file } of places) if (file.source !== null) add(file.source, file.officialName);
  for (const { file, others } of places) for (const source of others) add(source, file.officialName);
  return [...sources.values()];
}

/** @internal Two names of one file. */
export function isSameFile(one: FileStatus, other: FileStatus): boolean {
  return one.inode === other.inode && one.device === other.device;
}
