import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import { withPlaces } from '../folder-store/with-places.ts';
import type { VolumeSet } from './volume-set.ts';

/** @internal Models of a volume that is not here stay as they are. */
export async function withPlacesOnAll(set: VolumeSet, models: readonly ModelRecord[]): Promise<ModelRecord[]> {
  const placed: ModelRecord[] = [];
  const offline = set.offline();
  for (const model of models) {
    const isAway = model.place.kind === 'library' && offline.has(model.place.volumeId ?? '');
    if (isAway) placed.push(model);
    else placed.push(await withPlaces(await set.contextOf(model), model).catch(orItself(model)));
  }
  return placed;
}

function orItself(model: ModelRecord): (error: unknown) => ModelRecord {
  return (error) => {
    if (isModelkeepError(error, 'library.volume-offline')) return model;
    throw error;
  };
}
