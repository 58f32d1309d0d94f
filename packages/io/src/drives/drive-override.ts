import type { DriveKind } from './drive-info.ts';

/** What an embedder knows better than the system. */
export interface DriveOverride {
  /** The drives that are meant: the mount point or the id, as {@link DriveInfo} has them. */
  readonly drive: string;
  readonly kind?: DriveKind | undefined;
  /** Bulk operations on it at once: see `places` of a drive queue. */
  readonly places?: number | undefined;
}
