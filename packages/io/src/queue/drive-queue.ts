import type { IoPriority } from './priority.ts';

/** How a drive's queue is set up. */
export interface DriveQueueOptions {
  /** Operations that work on the drive at once. */
  readonly places: number;
  /**
   * A place is kept free for so long, in milliseconds, after an operation of higher priority has ended, since its owner
   * mostly comes back: so a download is not interrupted by a long sequential read at each of its pauses.
   */
  readonly lingerMs: number;
}

/** What a drive's queue did and does. Plain data. */
export interface DriveQueueSnapshot {
  /** As {@link DriveInfo.id}. */
  readonly driveId: string;
  readonly places: number;
  readonly running: number;
  readonly waiting: number;
  /** Operations that have ended: a batch of a download, a slice of a long read and a small file are one each. */
  readonly done: number;
  /** Bytes that those have read or written. */
  readonly bytes: number;
  /** All waits together, those that go on included. */
  readonly waitedMs: number;
  /** Times that a long operation let others go first. */
  readonly gaveWay: number;
}

/** @internal Who wants a place. */
export interface PlaceRequest {
  readonly priority: IoPriority;
  /** Those of one priority take turns by owner. */
  readonly owner: object;
  /** The holder can let others go first; called at most once for each place. */
  readonly onGiveWay?: (() => void) | undefined;
}

/** @internal The right to work on a drive, until it is given back. */
export interface Place {
  /** Safe to call twice; the first call counts. */
  release(bytes?: number): void;
}

/** @internal The queue of one drive. */
export interface DriveQueue extends DriveQueueOptions {
  readonly driveId: string;
  /** A place if one is free and nobody waits; nothing is waited for. */
  tryTake(request: PlaceRequest): Place | undefined;
  /** Waits for a place. @throws `signal.reason` */
  take(request: PlaceRequest, signal?: AbortSignal): Promise<Place>;
  snapshot(): DriveQueueSnapshot;
}
