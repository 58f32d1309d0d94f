import { isModelkeepError, type Clock } from '@modelkeep/core';

const RETRY_MS = 1_000;

/** @internal What {@link keepOn} goes on with. */
export interface KeepOnOptions {
  readonly work: () => Promise<void>;
  readonly stopped: AbortSignal;
  readonly clock: Clock;
  /** Hears of what failed, before it is tried again; may fail itself. */
  readonly onFailure: (error: unknown) => void | Promise<void>;
}

/** @internal Does work that ends by itself only where it fails, again and again: until it is stopped, or its store is closed. */
export async function keepOn({ work, stopped, clock, onFailure }: KeepOnOptions): Promise<void> {
  while (!stopped.aborted) {
    try {
      await work();
    } catch (error) {
      if (stopped.aborted || isModelkeepError(error, 'core.closed')) return;
      await Promise.resolve(onFailure(error)).catch(() => {});
      await clock.sleep(RETRY_MS, stopped).catch(() => {});
    }
  }
}
