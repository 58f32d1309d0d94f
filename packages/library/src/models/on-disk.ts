import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { resolveReference } from './resolve-reference.ts';

/**
 * @internal Works on the model that a reference means, on its volume. Where its folder is not where the index says, because somebody has
 * moved it, the index is made anew and the work is tried once more.
 *
 * @throws `library.model-not-found`, `library.ambiguous-id`, `library.volume-offline`
 */
export async function onDisk<T>(
  context: StoreContext,
  reference: string,
  work: (model: Pick<ModelRecord, 'id' | 'slug'>, home: StoreContext) => Promise<T>,
): Promise<T> {
  const model = await resolveReference(context.index, reference);
  try {
    return await work(model, homeOf(context, model));
  } catch (error) {
    const isElsewhere = isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'library.model-not-found');
    if (!isElsewhere) throw error;
    await rebuildIndex(context).catch((failure: unknown) => {
      // An index that is open for reading stays as it is: that the model is not there is the news then.
      throw isModelkeepError(failure, 'io.read-only') ? error : failure;
    });
  }
  const moved = await resolveReference(context.index, model.id);
  return work(moved, homeOf(context, moved));
}

function homeOf(context: StoreContext, model: Pick<ModelRecord, 'place'>): StoreContext {
  return context.volumes?.homeOf(model) ?? context;
}
