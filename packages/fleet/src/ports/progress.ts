import type { SerialisedError } from '@modelkeep/core';
import type { ChangeCall, OfLibrary, StateCall, StateRead, Versioned } from './state-call.ts';

/** How far the model of a key is. */
export const progressStatuses = ['pending', 'downloading', 'verifying', 'complete', 'error', 'paused'] as const;
export type ProgressStatus = (typeof progressStatuses)[number];

/** What changes: a field that is absent stays as it is. */
export interface ProgressChange {
  /** @default of a new entry: 'pending' */
  readonly status?: ProgressStatus | undefined;
  /** 0 to 100, where it does not follow from the bytes. Bytes that come without it take its place. */
  readonly percentage?: number | undefined;
  readonly bytesDone?: number | undefined;
  /** 0 where it is not known. */
  readonly bytesTotal?: number | undefined;
  /** Null takes it away. */
  readonly error?: SerialisedError | null | undefined;
  /** ISO 8601. @default of a new entry: now */
  readonly startedAt?: string | undefined;
}

/** How far a key is in one library. */
export interface ProgressEntry extends OfLibrary, Versioned {
  readonly key: string;
  readonly status: ProgressStatus;
  /** 0 to 100: what was said, else what the bytes say, and 100 when complete. */
  readonly percentage: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly error: SerialisedError | null;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** How far downloads are, for every process and machine. */
export interface ProgressTable {
  /**
   * Changes the given fields of the own library's entry, or makes it. The fields of one call change together, and no call
   * undoes a field that another one has set: nothing is read, changed and written back as a whole. Returns when it is
   * committed.
   *
   * @throws `core.invalid-argument`, `fleet.conflict` where `ifVersion` is not the entry's
   */
  update(key: string, change: ProgressChange, call?: ChangeCall): Promise<ProgressEntry>;
  /** The entry of the own library. */
  get(key: string, call?: StateCall): Promise<ProgressEntry | null>;
  /** By keys, then by library. */
  list(options?: StateRead & { readonly keys?: readonly string[] | undefined }): Promise<readonly ProgressEntry[]>;
  /** Of the own library. @returns whether it was there @throws `fleet.conflict` */
  delete(key: string, call?: ChangeCall): Promise<boolean>;
}
