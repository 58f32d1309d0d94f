import type { LatestValue } from '@modelkeep/core';
import type { VerifiedPart } from '../fetch-options.ts';

/**
 * - `waiting`: for its turn, or for another transfer of the same content
 * - `running`, `paused`
 * - `done`
 * - `failed`: by itself
 * - `stopped`: because its job failed, was aborted or the manager was closed; what is on disk stays
 * - `cancelled`: what was on disk is removed
 */
export type TransferState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'stopped' | 'cancelled';

/** How far bytes are. Plain data. */
export interface TransferAmounts {
  /** Bytes that are here, those of earlier runs included. */
  readonly bytesOnDisk: number;
  /** Bytes whose digests are computed. */
  readonly bytesVerified: number;
  /** Bytes that came over the network, over all runs of this handle. */
  readonly bytesFetched: number;
  /** Null while it is not known. */
  readonly bytesTotal: number | null;
  /** Smoothed; 0 while nothing runs. */
  readonly bytesPerSecond: number;
  /** Time left in milliseconds, or null when that cannot be told. */
  readonly etaMs: number | null;
}

/** One file, as it is now. Plain data that can be structured-cloned. */
export interface TransferSnapshot extends TransferAmounts {
  readonly file: string;
  readonly state: TransferState;
  /** What a running one does: `storing` is `deliver` or `reuse`. */
  readonly phase: 'waiting' | 'fetching' | 'verifying' | 'storing' | 'ended';
  /** Whether it waits for another transfer of the same content. Its bytes on disk are then those of the other one. */
  readonly shared: boolean;
  readonly priority: number;
  readonly connections: number;
}

/** One file that is on its way. */
export interface Transfer {
  readonly file: string;
  /** `current` is computed when it is read; listeners get at most ten a second, and the last one. */
  readonly progress: LatestValue<TransferSnapshot>;
  /**
   * The verified part, with the bytes of all runs of this handle. Rejects with the error of a failure, with that of the job's first failure, with the signal's reason, or with an
   * `AbortError` after `cancel` and `close`. Nobody has to await it.
   */
  readonly result: Promise<VerifiedPart>;
  /** Returns when nothing is written any more. What is being delivered is delivered. */
  pause(): Promise<void>;
  /** Takes back its own `pause`; one of its job or of the manager stays. */
  resume(): void;
  /** Ends it and removes what it wrote. */
  cancel(): Promise<void>;
  /** Higher goes first among those that wait; what runs is not interrupted. */
  setPriority(priority: number): void;
}
