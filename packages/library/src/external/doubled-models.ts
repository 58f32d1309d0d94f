import { join } from 'node:path';
import { isModelkeepError, type ModelMetadata } from '@modelkeep/core';
import { readFolder } from '../gc/trash.ts';
import { weightsKey } from '../models/file-order.ts';
import { modelFolder } from '../models/model-folder.ts';
import { readModel, type FoundModel } from '../models/walk-models.ts';
import { isHere, type StoreContext } from '../store-context.ts';
import { EXTERNAL_FOLDER, externalSlug, isExternalSlug } from './external-slug.ts';

/** A model of the library that is known outside of it as another model: both have the same weights. */
export interface DoubledModel {
  readonly modelId: string;
  readonly slug: string;
  /** The id that it has outside. */
  readonly outsideId: string;
  /** The folder that it is in outside, absolute. */
  readonly folder: string;
}

/**
 * @internal Models that are in the library and outside, as they were adopted and imported before both were one. The index
 * says which of the library's to look at.
 *
 * @param context - the first volume: it has the metadata of all models outside
 */
export async function findDoubled(context: StoreContext, signal?: AbortSignal): Promise<DoubledModel[]> {
  const doubled: DoubledModel[] = [];
  for (const { name: outsideId } of await readFolder(context, join(context.layout.root, EXTERNAL_FOLDER))) {
    signal?.throwIfAborted();
    const slug = externalSlug(outsideId);
    const outside = isExternalSlug(slug) ? await readIfWhole(context, slug) : null;
    const stored = outside === null ? null : await storedModel(context, outside.metadata);
    if (outside === null || stored === null) continue;
    doubled.push({ ...stored, outsideId, folder: modelFolder(context.layout, outside.record) });
  }
  return doubled;
}

async function readIfWhole({ fileSystem, layout }: StoreContext, slug: string): Promise<FoundModel | null> {
  try {
    return await readModel(fileSystem, layout, slug);
  } catch (error) {
    // Named by the verification of the models themselves, where it is none that is just being made or taken in.
    if (isModelkeepError(error)) return null;
    throw error;
  }
}

async function storedModel(
  context: StoreContext,
  { files }: ModelMetadata,
): Promise<Pick<DoubledModel, 'modelId' | 'slug'> | null> {
  const key = weightsKey(files);
  const first = files.find(({ role }) => role === 'weights');
  if (first === undefined) return null;
  const volumes = context.volumes?.online() ?? [context];
  for (const { modelId } of await context.index.findByFileHash({ sha256: first.sha256 })) {
    const record = await context.index.get(modelId);
    if (record === null || record.evictedAt !== undefined || weightsKey(record.files) !== key) continue;
    if (volumes.some((volume) => isHere(volume, record))) return { modelId, slug: record.slug };
  }
  return null;
}
