import type { Operation, Progress } from '@modelkeep/core';
import type { JobContext } from '@modelkeep/jobs';

/** @internal What a job does with the operation that it is. */
export interface FollowOptions {
  /** What a cancelled job does; aborting its signal is enough for most. */
  readonly cancel?: (() => Promise<void>) | undefined;
  /** Hears of the progress as well. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** @internal The result of an operation, whose progress is that of the job. */
export async function followOperation<T>(
  operation: Operation<T>,
  { signal, stopped, report }: Pick<JobContext, 'signal' | 'stopped' | 'report'>,
  { cancel, onProgress }: FollowOptions = {},
): Promise<T> {
  operation.progress.subscribe((progress) => {
    report(progress);
    onProgress?.(progress);
  });
  let cancelling: Promise<void> | undefined;
  const onAbort = (): void => {
    if (stopped() === 'cancel') cancelling = cancel?.();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    return await operation.result;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await cancelling;
  }
}
