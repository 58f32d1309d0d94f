import { systemClock, type Clock } from '@modelkeep/core';
import type { DriveInfo, DriveKind } from '../drives/drive-info.ts';
import { createDriveQueue } from './create-drive-queue.ts';
import type { DriveQueue, DriveQueueOptions, DriveQueueSnapshot } from './drive-queue.ts';

/** The queues of all drives, one for each. */
export interface DriveQueues {
  /** The queue of a drive; made at the first call, and then as it was made. */
  of(drive: Pick<DriveInfo, 'id' | 'kind' | 'rotates'>, options?: Partial<DriveQueueOptions>): DriveQueue;
  /** Of the drives that were used. */
  snapshot(): readonly DriveQueueSnapshot[];
}

const PLACES: Readonly<Record<DriveKind, number>> = {
  hdd: 1,
  ssd: 8,
  memory: 16,
  network: 4,
  removable: 1,
  unknown: 4,
};

/** As long as a fast connection needs for the next batch of a download. */
const LINGER_MS = 50;

/** @internal How much at once a kind of drive likes: one sequential reader where a head moves, or may. */
export function queueOptionsOf({ kind, rotates }: Pick<DriveInfo, 'kind' | 'rotates'>): DriveQueueOptions {
  if (kind === 'removable' && rotates === false) return { places: 2, lingerMs: 0 };
  const places = PLACES[kind];
  return { places, lingerMs: places === 1 ? LINGER_MS : 0 };
}

/**
 * Queues for a set of users of the same drives. All that is created with one of these shares it; by default that is the
 * whole process.
 *
 * @example
 * ```ts
 * import { createDriveQueues, createIo } from '@modelkeep/io';
 *
 * const driveQueues = createDriveQueues();
 * await using first = createIo({ driveQueues });
 * await using second = createIo({ driveQueues });
 * console.log(driveQueues.snapshot(), first.driveQueues() === second.driveQueues());
 * ```
 */
export function createDriveQueues(clock: Pick<Clock, 'monotonicMs' | 'sleep'> = systemClock): DriveQueues {
  const queues = new Map<string, DriveQueue>();
  return {
    of(drive, options = {}) {
      const known = queues.get(drive.id);
      if (known !== undefined) return known;
      const { places, lingerMs } = { ...queueOptionsOf(drive), ...options };
      const queue = createDriveQueue({ driveId: drive.id, places, lingerMs, clock });
      queues.set(drive.id, queue);
      return queue;
    },
    snapshot: () => [...queues.values()].map((queue) => queue.snapshot()),
  };
}
