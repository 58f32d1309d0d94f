import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import { readSameModel } from '../models/change-model.ts';
import { rebuildIndex } from '../models/rebuild-index.ts';
import { resolveReference } from '../models/resolve-reference.ts';
import type { StoreContext } from '../store-context.ts';
import { notOurs } from './move-errors.ts';
import type { VolumeSet } from './volume-set.ts';

/**
 * @internal A model of the library and its volume, which can be written. Somebody may have moved the folder by hand: then the
 * index learns where it is.
 *
 * @throws `library.model-not-found`, `library.ambiguous-id`, `library.volume-offline`, `library.read-only`,
 * `core.invalid-argument` for a model outside of the library
 */
export async function findOnDisk(
  set: VolumeSet,
  reference: string,
): Promise<{ readonly record: ModelRecord; readonly source: StoreContext }> {
  const [first] = set.online();
  if (first === undefined) throw new Error('a library has a first volume');
  for (let isSecond = false; ; isSecond = true) {
    const record = await resolveReference(first.index, reference);
    if (record.place.kind !== 'library') throw notOurs(record);
    const source = await set.contextOf(record, 'write');
    try {
      await readSameModel(source, record);
      return { record, source };
    } catch (error) {
      const isElsewhere = isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'library.model-not-found');
      if (!isElsewhere || isSecond) throw error;
      await rebuildIndex(first);
    }
  }
}
