import type { Logger, Clock } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { TransferProgress, VerifiedPart } from '../fetch-options.ts';
import type { ByteRateLimiter } from '../limits/byte-rate-limiter.ts';
import type { TransferFile } from './transfer-file.ts';
import type { Queued } from './transfer-queue.ts';
import type { Transfer, TransferSnapshot, TransferState } from './transfer.ts';

/** @internal Why a transfer ends before it is done. */
export interface TransferEnd {
  readonly state: 'failed' | 'stopped' | 'cancelled';
  readonly error: unknown;
}

/** @internal One file, as its job and the manager see it. */
export interface ManagedTransfer extends Queued {
  readonly handle: Transfer;
  readonly file: TransferFile;
  /** Names its content; null: nothing is known of it, or it shares nothing. */
  readonly contentKey: string | null;
  readonly state: TransferState;
  /** Whether an earlier run may have left something. */
  readonly hasRun: boolean;
  snapshot(): TransferSnapshot;
  /** What `result` gives or throws, once it has ended. */
  readonly outcome: { readonly part: VerifiedPart } | { readonly error: unknown } | undefined;
  /** Bytes that were there before its job reserved room. */
  setBytesPresent(bytes: number): void;
  /** Acts on what has changed: its job is ready, a pause was set or taken back. */
  update(): void;
  /** Ends it as soon as it can be ended. */
  end(end: TransferEnd): void;
  /** Its turn. Returns when it lets go of its place. */
  run(): Promise<void>;
  /** Waits for another transfer of its content; with null no longer. */
  follow(leader: ManagedTransfer | null): void;
  /** The one that it follows has news. */
  leaderTouched(): void;
  /** The other transfer was delivered. */
  reuse(part: VerifiedPart): Promise<void>;
  /** Resolves when nothing is written for it any more. */
  idle(): Promise<void>;
  /** Another transfer has taken its part. */
  lostPart(): void;
}

/** @internal What a transfer needs of its job. */
export interface TransferOwner {
  readonly limiter: ByteRateLimiter;
  readonly isReady: boolean;
  readonly isPaused: boolean;
  touched(transfer: ManagedTransfer, change: { readonly writtenBytes: number }): void;
  ended(transfer: ManagedTransfer): void;
}

/** @internal What a transfer needs of the manager. */
export interface TransferHost {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fileSystem: FileSystem;
  readonly isPaused: boolean;
  /** It has news. */
  touched(transfer: ManagedTransfer): void;
  /** Puts it in line. */
  enqueue(transfer: ManagedTransfer): void;
  /** It has its bytes and is being delivered: another one may fetch. */
  storing(transfer: ManagedTransfer): void;
  /** Takes it out of any line. */
  dequeue(transfer: ManagedTransfer): void;
  moved(transfer: ManagedTransfer): void;
  /** Before it runs: takes over what a paused transfer of the same content has on disk. */
  inherit(transfer: ManagedTransfer): Promise<void>;
  /** Before it ends without being done: leaves what is on disk to one that waits for the same content. */
  bequeath(transfer: ManagedTransfer): Promise<void>;
  fetch(transfer: ManagedTransfer, run: FetchRun): Promise<VerifiedPart>;
}

/** @internal One call of the engine. */
export interface FetchRun {
  /** That of the job. */
  readonly limiter: ByteRateLimiter;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}
