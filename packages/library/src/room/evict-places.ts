import type { ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import type { VolumeSet } from '../volumes/volume-set.ts';
import type { EvictModelsOptions, Stay } from './evict-report.ts';
import { roomLeft } from './room-left.ts';
import { volumeCalled } from './room-of-volumes.ts';

/** @internal The volumes that an eviction may touch, and why a model on another one stays. */
export interface EvictPlaces {
  readonly contexts: readonly StoreContext[];
  /** The volume of a model, or the reason for which it stays where it is. */
  placeOf(model: ModelRecord): StoreContext | Stay;
}

/**
 * @internal Where room is made: on the volume that was named, on all, or on the one that needs it most.
 *
 * @throws `library.volume-not-found`, `library.volume-offline`, `library.read-only`
 */
export async function evictPlaces(
  set: VolumeSet & { readonly first: StoreContext },
  { volume, models }: Pick<EvictModelsOptions, 'volume' | 'models'>,
): Promise<EvictPlaces> {
  await set.refresh();
  const attached = set.attached();
  // In a library that is open for reading nothing is evicted, but what would be can be told.
  const isOpenForReading = attached.every(({ mode }) => mode === 'read');
  const writable = attached.filter(({ mode }) => isOpenForReading || mode === 'write').map(({ context }) => context);
  const contexts = await chosenPlaces(set, { writable, volume, models });
  return {
    contexts,
    placeOf(model) {
      if (model.place.kind !== 'library') return { why: 'external', detail: 'its files are not in the library' };
      if (set.offline().has(model.place.volumeId ?? '')) return { why: 'offline', detail: 'its volume is not here' };
      const home = set.homeOf(model);
      const has = (list: readonly StoreContext[]): boolean =>
        list.some((one) => one.volume.volumeId === home.volume.volumeId);
      if (!has(writable)) return { why: 'read-only', detail: 'its volume can only be read' };
      if (!has(contexts)) return { why: 'other-volume', detail: 'it is on another volume than where room is made' };
      return home;
    },
  };
}

interface Choice extends Pick<EvictModelsOptions, 'volume' | 'models'> {
  readonly writable: readonly StoreContext[];
}

async function chosenPlaces(
  set: VolumeSet & { readonly first: StoreContext },
  { writable, volume, models }: Choice,
): Promise<readonly StoreContext[]> {
  if (volume !== undefined && volume !== 'all') return [await volumeCalled(set, volume, 'write')];
  if (volume === 'all' || models !== undefined || writable.length === 1) return writable;
  let neediest: { readonly context: StoreContext; readonly left: number } | null = null;
  for (const context of writable) {
    const left = await roomLeft(context);
    if (neediest === null || left < neediest.left) neediest = { context, left };
  }
  return neediest === null ? [] : [neediest.context];
}
