import { isModelkeepError } from '@modelkeep/core';
import { finishTakeIn } from '../external/finish-take-in.ts';
import { noteAsStored } from '../external/take-in.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import type { RecordedMove } from '../transaction/transaction-record.ts';
import { lockOf } from './change-model.ts';
import { metadataFolder } from './model-folder.ts';
import { releaseModel } from './release-model.ts';
import { finishFolder, entryOf } from './remove-model.ts';
import { readModel, readModelIn, walkModels, type FoundModel } from './walk-models.ts';

/**
 * @internal Finishes a move between volumes whose process is gone: a model that is on both is taken out of the one that it
 * was to leave. Where it was changed there since, which takes that the other drive was away, the newer one stays.
 *
 * @returns `waits` while the other volume is not here, `finished` where the model had been committed there
 */
export async function finishModelMove(
  context: StoreContext,
  move: RecordedMove,
): Promise<'waits' | 'finished' | 'nothing'> {
  const target = (context.volumes?.online() ?? [context]).find(({ volume }) => volume.volumeId === move.toVolumeId);
  if (target === undefined) return (context.volumes?.offline().has(move.toVolumeId) ?? false) ? 'waits' : 'nothing';
  return withLock(context, lockOf(move), async () => {
    const arrived = await findArrived(target, { move, isSameVolume: target.layout.root === context.layout.root });
    const left = await readIfThere(context, move);
    if (arrived === null) return 'nothing';
    if (left?.metadata.place !== undefined) {
      const record = await finishTakeIn(target, { arrived, outside: left, revision: move.revision });
      await releaseModel(context, { found: left, removal: move });
      await target.index.remove([move.id]);
      await target.index.upsert([record]);
      await noteAsStored(context, record);
      return 'finished';
    }
    if (left === null) {
      await finishLeaving(context, move);
    } else if (left.metadata.revision > move.revision && left.metadata.revision >= arrived.metadata.revision) {
      context.logger.warn('a model that was to be moved has changed since, and stays', { slug: move.slug });
      const { id } = arrived.metadata;
      await releaseModel(target, { found: arrived, removal: { id, slug: arrived.slug, trash: move.trash } });
      await context.index.remove([id]);
      await context.index.upsert([left.record]);
      return 'nothing';
    } else {
      await releaseModel(context, { found: left, removal: move });
    }
    await target.index.remove([move.id]);
    await target.index.upsert([arrived.record]);
    return 'finished';
  });
}

async function finishLeaving(context: StoreContext, move: RecordedMove): Promise<void> {
  const entry = entryOf(context, move);
  try {
    const deleted = await readModelIn(context.fileSystem, { folder: entry, slug: move.slug });
    if (deleted.metadata.id !== move.id) return;
    await finishFolder(context, { deleted, entry, folder: metadataFolder(context.layout, move) });
  } catch (error) {
    const isOver = isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'library.corrupt-metadata');
    if (!isOver) throw error;
  }
}

async function readIfThere(context: StoreContext, { id, slug }: RecordedMove): Promise<FoundModel | null> {
  try {
    const found = await readModel(context.fileSystem, context.layout, slug);
    return found.metadata.id === id ? found : null;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return null;
    throw error;
  }
}

interface Arrival {
  readonly move: RecordedMove;
  /** Whether the model was outside the library, and its metadata stays on the volume. */
  readonly isSameVolume: boolean;
}

async function findArrived({ fileSystem, layout }: StoreContext, arrival: Arrival): Promise<FoundModel | null> {
  const { move, isSameVolume } = arrival;
  for await (const found of walkModels(fileSystem, layout)) {
    if ('error' in found || found.metadata.id !== move.id) continue;
    if (!isSameVolume || found.slug !== move.slug) return found;
  }
  return null;
}
