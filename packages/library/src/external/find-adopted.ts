import { isModelkeepError, type ModelMetadata } from '@modelkeep/core';
import { weightsKey } from '../models/file-order.ts';
import { readModel, type FoundModel } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';

const unreadable = ['io.not-found', 'library.corrupt-metadata', 'core.format-newer'] as const;

/**
 * @internal The model outside the library that a draft is: the one with the same set of weights. The index says where to
 * look, the metadata decides.
 *
 * @param context - the first volume: it has the metadata of all models outside
 */
export async function findAdopted(context: StoreContext, draft: ModelMetadata): Promise<FoundModel | null> {
  const key = weightsKey(draft.files);
  const [first] = draft.files.filter(({ role }) => role === 'weights');
  if (first === undefined) return null;
  for (const { modelId } of await context.index.findByFileHash({ sha256: first.sha256 })) {
    const record = await context.index.get(modelId);
    if (record?.place.kind !== 'external') continue;
    try {
      const found = await readModel(context.fileSystem, context.layout, record.slug);
      if (isOutside(found, key)) return found;
    } catch (error) {
      if (!unreadable.some((code) => isModelkeepError(error, code))) throw error;
    }
  }
  return null;
}

/** @internal Whether a model is outside the library, with these weights. */
export function isOutside({ metadata }: Pick<FoundModel, 'metadata'>, key: string): boolean {
  return metadata.place !== undefined && weightsKey(metadata.files) === key;
}
