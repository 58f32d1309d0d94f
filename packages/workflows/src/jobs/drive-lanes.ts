import { resolve } from 'node:path';
import { serialiseError, type Clock, type Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { LibraryStore, VolumeInfo } from '@modelkeep/library';
import type { LibraryJobPayloads, LibraryJobType } from './payloads.ts';

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
const BUSY = new Set<LibraryJobType>(['download', 'download-artifacts', 'import', 'hash', 'verify', 'copy']);

interface VolumeLane extends Pick<VolumeInfo, 'volumeId' | 'label' | 'isFirst' | 'isDefault'> {
  readonly lane: string;
  readonly places: number;
}

/** @internal Looks at the volumes once a minute, and at once for one that it does not know. */
export function createDriveLanes({ store, io, clock, logger }: DriveLanesContext): DriveLanes {
  /** What the latest look gives: who asks while it goes on waits for it. */
  let latest: Promise<readonly VolumeLane[]> = Promise.resolve([]);
  /** Of drives that need not have a volume. */
  const scanned = new Map<string, number>();
  let lookedMs = Number.NEGATIVE_INFINITY;

  const lookAfter = async (before: Promise<readonly VolumeLane[]>): Promise<readonly VolumeLane[]> => {
    try {
      return await lanesOf(await store.volumes(), io);
    } catch (error) {
      tell(error);
      return before;
    }
  };
  const look = (): Promise<readonly VolumeLane[]> => {
    lookedMs = clock.monotonicMs();
    latest = lookAfter(latest);
    return latest;
  };
  // Without lanes more runs at once, and everything still runs.
  const tell = (error: unknown): void =>
    logger.warn('the drives of jobs could not be looked at', { error: serialiseError(error).message });
  const laneOfRoots = async ([first = '.']: readonly string[]): Promise<string | undefined> => {
    try {
      const { lane, places } = await laneAt(resolve(first), io);
      scanned.set(lane, places);
      return lane;
    } catch (error) {
      tell(error);
      return undefined;
    }
  };
  const lanes = (): Promise<readonly VolumeLane[]> =>
    clock.monotonicMs() - lookedMs < REMEMBERED_MS ? latest : look();

  return {
    async laneOf(type, payload) {
      if (type === 'scan') return laneOfRoots((payload as LibraryJobPayloads['scan']).roots);
      if (!BUSY.has(type)) return undefined;
      const volume = (payload as { readonly volume?: string | undefined }).volume;
      return (find(await lanes(), volume) ?? find(await look(), volume))?.lane;
    },
    limits: async () =>
      Object.fromEntries([...scanned, ...(await lanes()).map(({ lane, places }) => [lane, places] as const)]),
  };
}

async function lanesOf(
  volumes: readonly VolumeInfo[],
  io: Pick<Io, 'driveOf' | 'driveQueues'>,
): Promise<readonly VolumeLane[]> {
  const lanes: VolumeLane[] = [];
  for (const { volumeId, label, isFirst, isDefault, path, state } of volumes) {
    if (path === null || state === 'offline') continue;
    lanes.push({ volumeId, label, isFirst, isDefault, ...(await laneAt(path, io)) });
  }
  return lanes;
}

async function laneAt(path: string, io: DriveLanesContext['io']): Promise<Pick<VolumeLane, 'lane' | 'places'>> {
  const drive = await io.driveOf(path);
  return { lane: `drive:${drive.id}`, places: io.driveQueues().of(drive).places };
}

/** As a job names it. Without a name it is where most of what is new goes. */
function find(lanes: readonly VolumeLane[], reference: string | undefined): VolumeLane | undefined {
  if (reference === undefined) return lanes.find(({ isDefault }) => isDefault) ?? lanes.find(({ isFirst }) => isFirst);
  return lanes.find(
    ({ volumeId, label, isFirst }) =>
      label === reference || volumeId.startsWith(reference) || (isFirst && reference === 'first'),
  );
}
