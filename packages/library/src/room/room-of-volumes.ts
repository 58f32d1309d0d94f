import type { StoreContext } from '../store-context.ts';
import { requireVolume } from '../volumes/require-volume.ts';
import type { VolumeSet } from '../volumes/volume-set.ts';
import { readRoom, type RoomReport } from './quota.ts';

/** The room on one volume. Plain data. */
export interface VolumeRoom extends RoomReport {
  readonly volumeId: string;
  /** `first` is the library's own folder. */
  readonly label: string;
  /** Of its drive. */
  readonly freeBytes: number;
}

/** The room that models take. Plain data. */
export interface LibraryRoom extends RoomReport {
  /** The volumes that are here and were asked for, the first one first. */
  readonly volumes: readonly VolumeRoom[];
}

/**
 * @internal The room on one volume, or on all that are here together: what they may take is known where each has a quota.
 *
 * @throws `library.volume-not-found`, `library.volume-offline`
 */
export async function roomOfVolumes(set: VolumeSet, volume?: string): Promise<LibraryRoom> {
  const asked = volume === undefined ? set.online() : [await volumeCalled(set, volume, 'read')];
  const volumes: VolumeRoom[] = [];
  for (const context of asked) {
    const { volumeId } = context.volume;
    const label = set.list.volumes.find((one) => one.volumeId === volumeId)?.label ?? 'first';
    const freeBytes = await context.io.freeBytes(context.layout.root);
    volumes.push({ volumeId, label, ...(await readRoom(context)), freeBytes });
  }
  const sum = (of: (room: VolumeRoom) => number): number => volumes.reduce((total, room) => total + of(room), 0);
  const hasLimit = volumes.every(({ quotaBytes }) => quotaBytes !== null);
  return {
    quotaBytes: hasLimit ? sum(({ quotaBytes }) => quotaBytes ?? 0) : null,
    usedBytes: sum(({ usedBytes }) => usedBytes),
    reservedBytes: sum(({ reservedBytes }) => reservedBytes),
    volumes,
  };
}

/** @internal The volume that a person names. @throws `library.volume-not-found`, `library.volume-offline`, `library.read-only` */
export async function volumeCalled(set: VolumeSet, reference: string, access: 'read' | 'write'): Promise<StoreContext> {
  // It may have been unplugged, or connected, since anybody looked.
  await set.refresh();
  const volumeId = requireVolume(set, reference)?.volumeId;
  return set.contextOf({ place: { kind: 'library', volumeId } }, access);
}
