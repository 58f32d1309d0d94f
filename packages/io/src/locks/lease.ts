import type { Clock } from '@modelkeep/core';
import type { FileSystem } from '../ports/file-system.ts';

/** How a lease is taken. Everybody who takes leases of one path uses the same times. */
export interface AcquireLeaseOptions {
  readonly fileSystem: FileSystem;
  /** The folder that the lease is kept in; it is made. Its own folder has to be there. */
  readonly path: string;
  /** How often the holder shows that it is alive. @default 4_000 */
  readonly heartbeatMs?: number | undefined;
  /** A holder that was not seen alive for so long has lost the lease to whoever waits. @default 20_000 */
  readonly expiryMs?: number | undefined;
  /** How long the lease is waited for; then `io.lease-held`. @default 60_000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Pick<Clock, 'monotonicMs' | 'sleep'> | undefined;
}

/** A lease that is held: by one process at a time, of whatever machine. */
export interface Lease extends AsyncDisposable {
  readonly path: string;
  /** Larger than that of every holder before: what is written with it can be told from what a late one writes. */
  readonly fence: number;
  /** Aborts with `io.lease-lost` as soon as it is known that others may hold the lease. */
  readonly lost: AbortSignal;
  /**
   * Makes sure that nobody else holds the lease at this moment: to be called right before what must not be done twice.
   *
   * @throws `io.lease-lost`, `io.*` when the drive does not answer
   */
  check(): Promise<void>;
  /** Gives the lease back. Safe to call twice, and after it was lost. */
  release(): Promise<void>;
}
