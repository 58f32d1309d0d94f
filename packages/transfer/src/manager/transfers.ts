import type { Clock, Logger, Metrics } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { ConnectionBudget } from '../connections/connection-budget.ts';
import type { SpaceAccount } from '../space/space-account.ts';
import type { TransferHttp } from '../transfer-http.ts';
import type { TransferFile } from './transfer-file.ts';
import type { TransferJob, TransferJobOptions } from './transfer-job.ts';
import type { Transfer } from './transfer.ts';

/** What {@link createTransfers} works with. */
export interface TransfersOptions {
  readonly http: TransferHttp;
  readonly io: Io;
  /** Files over 1 MiB, or of unknown size, at once. Together with small ones it may be twice as many. @default 4 */
  readonly filesAtOnce?: number | undefined;
  /** For all files together. @default no limit */
  readonly maxBytesPerSecond?: number | null | undefined;
  /** Connections per origin, for all files together. @default 8 */
  readonly connections?: ConnectionBudget | undefined;
  /** To be shared by all that write large files in this process. @default one of its own */
  readonly space?: SpaceAccount | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** Is told the bytes that come over the network. @default keeps nothing */
  readonly metrics?: Metrics | undefined;
}

/** The downloads of a process: how many run at once, in which order, and how fast. Closing it stops them. */
export interface Transfers extends AsyncDisposable {
  /** Fetches one file: a job of one. */
  add(file: TransferFile, options?: TransferJobOptions): Transfer;
  /** Fetches files together. */
  addAll(files: readonly TransferFile[], options?: TransferJobOptions): TransferJob;
  /** Those that have not ended. */
  readonly jobs: readonly TransferJob[];
  readonly maxBytesPerSecond: number | null;
  setMaxBytesPerSecond(bytesPerSecond: number | null): void;
  /** Pauses all, those that are added later included. Returns when nothing is written any more. */
  pause(): Promise<void>;
  /** Takes back its own `pause`; those of jobs and files stay. */
  resume(): void;
  /** Ends all; what is on disk stays. Returns when nothing is written any more. */
  close(): Promise<void>;
}
