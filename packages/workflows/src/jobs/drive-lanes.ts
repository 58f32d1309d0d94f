import { serialiseError, type Clock, type Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { LibraryStore, VolumeInfo } from '@modelkeep/library';
import type { LibraryJobType } from './payloads.ts';

/** @internal Jobs that keep one drive busy share a lane, which has the room of that drive's queue. */
export interface DriveLanes {
  /** Undefined for work that is not on a drive of the library. */
  laneOf(type: LibraryJobType, payload: unknown): Promise<string | undefined>;
  /** How many jobs of each lane may run at once. */
  limits(): Promise<Readonly<Record<string, number>>>;
}

/** @internal */
export interface DriveLanesContext {
  readonly store: Pick<LibraryStore, 'volumes'>;
  readonly io: Pick<Io, 'driveOf' | 'driveQueues'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const REMEMBERED_MS = 60_000;
const BUSY = new Set<LibraryJobType>(['download', 'import', 'hash', 'verify', 'copy']);

interface VolumeLane extends Pick<VolumeInfo, 'volumeId' | 'label' | 'isFirst' | 'isDefault'> {
  readonly lane: string;
  readonly places: number;
}

/** @internal Looks at the volumes once a minute, and at once for one that it does not know. */
export function createDriveLanes({ store, io, clock, logger }: DriveLanesContext): DriveLanes {
  let known: readonly VolumeLane[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;

  const look = async (): Promise<readonly VolumeLane[]> => {
    lookedMs = clock.monotonicMs();
    try {
      known = await lanesOf(await store.volumes(), io);
    } catch (error) {
      // Without lanes more runs at once, and everything still runs.
      logger.warn('the drives of the volumes could not be looked at', { error: serialiseError(error).message });
    }
    return known;
  };
  const lanes = (): Promise<readonly VolumeLane[]> =>
    clock.monotonicMs() - lookedMs < REMEMBERED_MS ? Promise.resolve(known) : look();

  return {
    async laneOf(type, payload) {
      if (!BUSY.has(type)) return undefined;
      const volume = (payload as { readonly volume?: string | undefined }).volume;
      return (find(await lanes(), volume) ?? find(await look(), volume))?.lane;
    },
    limits: async () => Object.fromEntries((await lanes()).map(({ lane, places }) => [lane, places])),
  };
}

async function lanesOf(
  volumes: readonly VolumeInfo[],
  io: Pick<Io, 'driveOf' | 'driveQueues'>,
): Promise<readonly VolumeLane[]> {
  const lanes: VolumeLane[] = [];
  for (const { volumeId, label, isFirst, isDefault, path, state } of volumes) {
    if (path === null || state === 'offline') continue;
    const drive = await io.driveOf(path);
    const { places } = io.driveQueues().of(drive);
    lanes.push({ volumeId, label, isFirst, isDefault, lane: `drive:${drive.id}`, places });
  }
  return lanes;
}

/** As a job names it. Without a name it is where most of what is new goes. */
function find(lanes: readonly VolumeLane[], reference: string | undefined): VolumeLane | undefined {
  if (reference === undefined) return lanes.find(({ isDefault }) => isDefault) ?? lanes.find(({ isFirst }) => isFirst);
  return lanes.find(
    ({ volumeId, label, isFirst }) =>
      label === reference || volumeId.startsWith(reference) || (isFirst && reference === 'first'),
  );
}
