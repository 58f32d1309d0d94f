import type { Clock } from '@modelkeep/core';
import type { TransferProgress } from './fetch-options.ts';

const INTERVAL_MS = 100;

/** @internal Passes on at most ten reports a second; the latest is never more than a tenth of a second late. */
export interface ThrottledProgress {
  report(progress: TransferProgress): void;
  /** Passes on a last report at once. */
  end(progress: TransferProgress): void;
  /** Passes on what is held, and nothing after that. */
  stop(): void;
}

/** @internal */
export function throttledProgress(
  clock: Clock,
  onProgress: ((progress: TransferProgress) => void) | undefined,
): ThrottledProgress {
  const stopped = new AbortController();
  let nextMs = Number.NEGATIVE_INFINITY;
  let held: TransferProgress | undefined;

  const pass = (progress: TransferProgress): void => {
    held = undefined;
    nextMs = clock.monotonicMs() + INTERVAL_MS;
    onProgress?.(progress);
  };
  const passHeld = (): void => {
    if (held !== undefined && !stopped.signal.aborted) pass(held);
  };

  return {
    report(progress) {
      if (onProgress === undefined) return;
      const waitMs = nextMs - clock.monotonicMs();
      if (waitMs <= 0) {
        pass(progress);
        return;
      }
      const isWaiting = held !== undefined;
      held = progress;
      // A wait that is stopped, and a listener that throws: its next report throws where it can be caught.
      if (!isWaiting)
        clock
          .sleep(waitMs, stopped.signal)
          .then(passHeld)
          .catch(() => {});
    },
    end: pass,
    stop() {
      stopped.abort();
      if (held !== undefined) pass(held);
    },
  };
}
