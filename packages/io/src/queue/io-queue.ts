import { dirname } from 'node:path';
import { systemClock } from '@modelkeep/core';
import type { WorkerPool } from '@modelkeep/workers';
import type { Drives } from '../drives/create-drives.ts';
import type { DriveInfo } from '../drives/drive-info.ts';
import type { DriveOverride } from '../drives/drive-override.ts';
import type { DriveQueue, PlaceRequest } from './drive-queue.ts';
import type { DriveQueues } from './drive-queues.ts';
import type { IoPriority } from './priority.ts';
import { queuedPool } from './queued-pool.ts';
import { runInSlices, type SlicedOperation } from './run-in-slices.ts';
import { takePlaces } from './take-places.ts';

/** @internal What {@link createIoQueue} works with. */
export interface IoQueueOptions {
  readonly drives: Drives;
  readonly queues: DriveQueues;
  readonly overrides: readonly DriveOverride[];
  /** Ends all waits. */
  readonly closing: AbortSignal;
}

/** @internal Where an operation works, and how urgent it is. */
export interface QueuedWork {
  /** The files. */
  readonly paths: readonly string[];
  readonly priority: IoPriority;
  readonly signal?: AbortSignal | undefined;
}

/** @internal The bulk operations of one {@link Io} in the queues of the drives. */
export interface IoQueue {
  /** An operation that reads or writes for long, and can be held between two chunks. */
  inSlices<T>(work: QueuedWork, call: Pick<SlicedOperation<T>, 'onProgress' | 'run' | 'bytesOf'>): Promise<T>;
  /** A short one. */
  once<T>(work: QueuedWork, call: Pick<SlicedOperation<T>, 'bytesOf'> & { readonly run: () => Promise<T> }): Promise<T>;
  /** Pools in which each task on an open file waits for the file's drive. */
  forFile(path: string, priority: IoPriority): Promise<(pool: WorkerPool) => WorkerPool>;
}

/** A queue is looked up again after so long: a drive may have been mounted there since. Being late harms nothing. */
const BELIEVED_MS = 2_000;
const MAX_FOLDERS = 1_000;

/** @internal */
export function createIoQueue({ drives, queues, overrides, closing }: IoQueueOptions): IoQueue {
  const owner = {};
  const folders = new Map<string, { readonly queue: DriveQueue; readonly sinceMs: number }>();

  const queueOfDrive = (drive: DriveInfo): DriveQueue => {
    const places = overrides.find((it) => it.drive === drive.mountPoint || it.drive === drive.id)?.places;
    return queues.of(drive, places === undefined ? {} : { places });
  };
  /** By folder: a link to a file on another drive is queued on the link's one. */
  const queueOf = async (path: string, signal: AbortSignal | undefined): Promise<DriveQueue> => {
    const folder = dirname(path);
    const known = folders.get(folder);
    if (known !== undefined && systemClock.monotonicMs() - known.sinceMs < BELIEVED_MS) return known.queue;
    const drive = await drives.driveOf(folder, signal).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return undefined;
    });
    // A path of which nothing can be looked at: whoever works on it meets the reason.
    if (drive === undefined) return queues.of({ id: 'unreachable', kind: 'unknown', rotates: null });
    if (folders.size >= MAX_FOLDERS) folders.clear();
    const queue = queueOfDrive(drive);
    folders.set(folder, { queue, sinceMs: systemClock.monotonicMs() });
    return queue;
  };
  const begin = async ({ paths, signal }: QueuedWork): Promise<{ queues: DriveQueue[]; signal: AbortSignal }> => {
    signal?.throwIfAborted();
    const found = await Promise.all(paths.map((path) => queueOf(path, signal)));
    return { queues: found, signal: signal === undefined ? closing : AbortSignal.any([signal, closing]) };
  };

  return {
    async inSlices(work, call) {
      const request = { priority: work.priority, owner };
      return runInSlices({ ...(await begin(work)), request, ...call });
    },
    async once(work, call) {
      const started = await begin(work);
      const place = await takePlaces(started.queues, { priority: work.priority, owner }, started.signal);
      try {
        const result = await call.run();
        place.release(call.bytesOf(result));
        return result;
      } finally {
        place.release();
      }
    },
    async forFile(path, priority) {
      const queue = await queueOf(path, undefined);
      const request: PlaceRequest = { priority, owner };
      return (pool) => queuedPool(pool, { queue, request, signal: closing });
    },
  };
}
