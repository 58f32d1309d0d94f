import type { WorkerPool } from '@modelkeep/workers';
import type { ChunkRing } from './chunk-ring.ts';

/** @internal The threads that work on one large file, and the memory between them. */
export interface LargeFileThreads {
  /** Its thread reads. */
  readonly pool: WorkerPool;
  /** Its threads hash, and write. */
  readonly hashPool: WorkerPool;
  /** Its thread waits for the drive. */
  readonly syncPool: WorkerPool;
  readonly ring: ChunkRing;
  /** Threads that take the bytes of the one that reads. */
  readonly drainers: number;
}
