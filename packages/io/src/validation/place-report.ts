import type { DriveInfo } from '../drives/drive-info.ts';
import type { LinkAbilities } from '../links/probe-links.ts';

/** What can be wrong with a place, or has to be known before it is used, and the facts that come with it. */
export interface PlaceFacts {
  /** There is nothing. `nearest` is what exists of the path. */
  readonly missing: { readonly nearest: string };
  /** Not even the root can be looked at, or the drive does not answer. */
  readonly unreachable: { readonly systemCode: string };
  /** A file, where a folder is needed. */
  readonly 'not-a-folder': { readonly nearest: string };
  readonly 'not-readable': { readonly systemCode: string };
  readonly 'not-writable': { readonly systemCode: string; readonly folder: string };
  /** The drive is mounted without write access. */
  readonly 'read-only': { readonly mountPoint: string };
  readonly full: { readonly neededBytes: number; readonly freeBytes: number };
  /** There is room, but not for one more file. */
  readonly 'no-inodes': { readonly freeFiles: number };
  /** Larger files do not fit on this type of file system. */
  readonly 'file-size-limit': { readonly limitBytes: number };
  /** Longer than the system takes, or than leaves room for what is put below. */
  readonly 'path-too-long': { readonly length: number; readonly limit: number };
  readonly 'name-too-long': { readonly name: string; readonly lengthBytes: number; readonly limitBytes: number };
  /** Another machine has the files: slower, and locks need care. */
  readonly network: { readonly fileSystemType: string; readonly source: string };
  /** It can be pulled out. */
  readonly removable: { readonly mountPoint: string };
  /** Nothing survives a restart. */
  readonly memory: { readonly mountPoint: string };
  /** The layer of a container: it goes with the container. */
  readonly 'container-layer': { readonly mountPoint: string };
  readonly 'case-insensitive': { readonly isProbed: boolean };
  /** NTFS was not unmounted cleanly; `isCertain` where the system says so. */
  readonly 'dirty-volume': { readonly mountPoint: string; readonly isCertain: boolean };
  /** A file can get no second name. */
  readonly 'no-links': { readonly fileSystemType: string };
  /** Times of change are rounded: a file that changes twice at once looks unchanged. */
  readonly 'coarse-times': { readonly granularityMs: number };
}

/** The name of what was found. */
export type PlaceProblem = keyof PlaceFacts;

/** One thing that was found. Plain data. */
export type PlaceFinding = {
  readonly [Code in PlaceProblem]: {
    readonly code: Code;
    /** `error`: what is planned cannot be done there. */
    readonly severity: 'error' | 'warning';
    readonly message: string;
    readonly facts: PlaceFacts[Code];
    /** What to do. */
    readonly hint: string;
  };
}[PlaceProblem];

/** How a place is checked. */
export interface CheckPlaceOptions {
  /** To read what is there, or to write below. */
  readonly for: 'source' | 'target';
  /** What is to be written. @default 0 */
  readonly bytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a place is like. Plain data. */
export interface PlaceReport {
  /** Absolute. */
  readonly path: string;
  /** Whether nothing that was found is an error. */
  readonly usable: boolean;
  /** Null where it could not be looked at. */
  readonly drive: DriveInfo | null;
  readonly freeBytes: number | null;
  /** What was tried for a target that exists; null else. */
  readonly links: LinkAbilities | null;
  /** Errors first. */
  readonly findings: readonly PlaceFinding[];
}
