import type { WorkerPool } from '@modelkeep/workers';
import type { FileSink } from './file-sink.ts';
import type { SlotPool } from './slot-pool.ts';

/** @internal What a sink needs of its {@link Io}. */
export interface SinkHost {
  readonly pool: WorkerPool;
  /** Waits for the drives. */
  readonly syncPool: WorkerPool;
  readonly slots: SlotPool;
  readonly hashId: number;
  readonly resolutionBase: string | undefined;
  /** The sinks that have not ended: closed with their {@link Io}. */
  readonly openSinks: Set<FileSink>;
}
