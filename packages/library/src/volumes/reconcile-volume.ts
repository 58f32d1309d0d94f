import type { ModelRecord } from '@modelkeep/core';
import { walkModels } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';
import { recordsOn } from './records-on.ts';
import { onVolume } from './volume-index.ts';

/** @internal The index learns what a volume that was away holds now. */
export async function reconcileVolume(context: StoreContext): Promise<void> {
  const { volumeId } = context.volume;
  const present = new Set<string>();
  const changed: ModelRecord[] = [];
  for await (const found of walkModels(context.fileSystem, context.layout)) {
    if ('error' in found) {
      context.logger.warn('a model is left out of the index', { slug: found.slug, reason: found.error.message });
      continue;
    }
    present.add(found.metadata.id);
    const indexed = await context.index.get(found.metadata.id);
    if (JSON.stringify(indexed) !== JSON.stringify(onVolume(found.record, volumeId))) changed.push(found.record);
  }
  const gone: string[] = [];
  for await (const { id } of recordsOn(context, new Set([volumeId]))) if (!present.has(id)) gone.push(id);
  // An equal revision may stand for other facts: the volume was at another library's hands.
  await context.index.remove([...gone, ...(await olderTwins(context, changed))]);
  await context.index.upsert(changed);
}

/** Records that an upsert would not replace although the volume has others, but for those of models on another volume. */
async function olderTwins({ index, volume }: StoreContext, changed: readonly ModelRecord[]): Promise<string[]> {
  const twins: string[] = [];
  for (const { id, revision } of changed) {
    const indexed = await index.get(id);
    if (indexed?.place.kind !== 'library') continue;
    if (indexed.place.volumeId === volume.volumeId && indexed.revision >= revision) twins.push(id);
  }
  return twins;
}
