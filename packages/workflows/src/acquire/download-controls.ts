import { requireRate, type TransferJob, type TransferJobOptions } from '@modelkeep/transfer';
import type { DownloadOptions } from './download-types.ts';

/** @internal What a caller does with a download, also before there is a job to do it with. */
export interface DownloadControls {
  /** Starts the job as it is wanted by now. */
  start(begin: (options: TransferJobOptions) => TransferJob): TransferJob;
  pause(): Promise<void>;
  resume(): void;
  setPriority(priority: number): void;
  setMaxBytesPerSecond(bytesPerSecond: number | null): void;
}

/** @internal @throws `core.invalid-argument` for a rate that is not above 0 */
export function createDownloadControls(options: DownloadOptions): DownloadControls {
  let job: TransferJob | undefined;
  let isPaused = false;
  let priority = options.priority ?? 0;
  let maxBytesPerSecond = requireRate(options.maxBytesPerSecond ?? null);

  return {
    start(begin) {
      job = begin({ priority, maxBytesPerSecond });
      // Its files have not been told to start yet.
      if (isPaused) void job.pause();
      return job;
    },
    async pause() {
      isPaused = true;
      await job?.pause();
    },
    resume() {
      isPaused = false;
      job?.resume();
    },
    setPriority(wanted) {
      priority = wanted;
      job?.setPriority(wanted);
    },
    setMaxBytesPerSecond(bytesPerSecond) {
      maxBytesPerSecond = requireRate(bytesPerSecond);
      job?.setMaxBytesPerSecond(maxBytesPerSecond);
    },
  };
}
