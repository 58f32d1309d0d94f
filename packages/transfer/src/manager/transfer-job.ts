import type { LatestValue } from '@modelkeep/core';
import type { VerifiedPart } from '../fetch-options.ts';
import type { Transfer, TransferAmounts, TransferSnapshot, TransferState } from './transfer.ts';

/** How the files of a job are fetched. */
export interface TransferJobOptions {
  /** Higher goes first. @default 0 */
  readonly priority?: number | undefined;
  /** For all files of the job together, beside the limit of the manager. @default no limit */
  readonly maxBytesPerSecond?: number | null | undefined;
  /**
   * What the first failure does to the other files: `stop` ends them, `continue` leaves them alone.
   *
   * @default 'stop'
   */
  readonly onError?: 'stop' | 'continue' | undefined;
  /** Ends the job; what is on disk stays and is resumed by a later one. Its reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
}

/** A job, as it is now. Plain data that can be structured-cloned. */
export interface TransferJobSnapshot extends TransferAmounts {
  /** `paused` when all that is left is paused. */
  readonly state: TransferState;
  readonly filesDone: number;
  readonly filesFailed: number;
  readonly filesTotal: number;
  /** The files that run. */
  readonly running: readonly TransferSnapshot[];
}

/** How one file of a job ended. */
export type TransferOutcome =
  | { readonly file: string; readonly state: 'done'; readonly part: VerifiedPart }
  | { readonly file: string; readonly state: 'failed' | 'cancelled'; readonly error: unknown };

/** What a job gave. */
export interface TransferJobResult {
  /** In the order of the files. */
  readonly outcomes: readonly TransferOutcome[];
  /** Bytes that came over the network, over all runs. */
  readonly bytesFetched: number;
  /** Bytes that were on disk before and were used. */
  readonly resumedFromBytes: number;
}

/** Files that are fetched together. */
export interface TransferJob {
  readonly transfers: readonly Transfer[];
  /** `current` is computed when it is read; listeners get at most ten a second, and the last one. */
  readonly progress: LatestValue<TransferJobSnapshot>;
  /**
   * Settles when every file has ended and nothing is written any more. Rejects with `io.disk-full` before anything is
   * fetched when the drive has no room, with the first failure under `onError: 'stop'`, with the signal's reason, and with
   * an `AbortError` after `cancel` and `close`. Nobody has to await it.
   */
  readonly result: Promise<TransferJobResult>;
  readonly maxBytesPerSecond: number | null;
  setMaxBytesPerSecond(bytesPerSecond: number | null): void;
  /** Of all its files. */
  setPriority(priority: number): void;
  /** Returns when nothing is written any more. The room on the drive stays reserved. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends all its files and removes what they wrote, but for what was delivered. */
  cancel(): Promise<void>;
}
