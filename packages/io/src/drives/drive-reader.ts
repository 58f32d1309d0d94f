import type { DriveInfo } from './drive-info.ts';

/** @internal A path that exists, and its device. */
export interface PlaceOnDrive {
  /** Absolute and without links. */
  readonly path: string;
  /** As {@link FileStatus.device} tells it. */
  readonly deviceId: string;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Tells the drive of a place as one kind of system knows it; undefined where it does not. */
export type DriveReader = (place: PlaceOnDrive) => Promise<DriveInfo | undefined>;
