import type { WorkerPool } from '@modelkeep/workers';
import type { DescriptorInput } from '../worker/open-file-tasks.ts';

/** Written bytes that are worth a turn of the drive. */
const STEP_BYTES = 64 * 1024 * 1024;

/** @internal Makes a file durable while it is written, so that little is left to wait for in the end. */
export interface EarlySync {
  /** So many bytes are written. */
  reached(bytesWritten: number): void;
  /** @throws what a sync met: the file must not be synced again */
  settle(): Promise<void>;
}

/** @internal @param onFailure - called at once when a sync fails */
export function createEarlySync(syncPool: WorkerPool, file: DescriptorInput, onFailure: () => void): EarlySync {
  let syncedFrom = 0;
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const sync = async (): Promise<void> => {
    try {
      await syncPool.run<void>('syncFile', file);
    } catch (error) {
      failure = { error };
      onFailure();
    } finally {
      running = undefined;
    }
  };
  return {
    reached(bytesWritten) {
      if (running !== undefined || failure !== undefined || bytesWritten - syncedFrom < STEP_BYTES) return;
      syncedFrom = bytesWritten;
      running = sync();
    },
    async settle() {
      await running;
      if (failure !== undefined) throw failure.error;
    },
  };
}
