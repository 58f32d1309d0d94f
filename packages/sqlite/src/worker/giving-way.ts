import { systemClock } from '@modelkeep/core';

/** How long a connection that has just written leaves the lock to those who wait for it, who look each millisecond or so. */
const PAUSE_MS = 2;
/** For how long others that were in the way are thought to be there still. */
const CROWDED_MS = 100;

/** @internal The manners of a connection that writes. */
export interface GivingWay {
  /** Waits for a moment where others want to write too and this connection was the last to. */
  beforeLock(signal: AbortSignal): Promise<void>;
  /** Another connection had the lock. */
  met(): void;
  /** The lock is given back. */
  ended(): void;
}

/**
 * @internal SQLite has no queue for its lock: who has just given it back and takes it at once would win again and again, since
 * the others sleep between two tries. So while there are others, each leaves a gap behind its own transaction.
 */
export function createGivingWay(): GivingWay {
  let metMs = Number.NEGATIVE_INFINITY;
  let endedMs = Number.NEGATIVE_INFINITY;
  return {
    async beforeLock(signal) {
      const nowMs = systemClock.monotonicMs();
      const leftMs = endedMs + PAUSE_MS - nowMs;
      if (leftMs > 0 && nowMs - metMs < CROWDED_MS) await systemClock.sleep(leftMs, signal);
    },
    met() {
      metMs = systemClock.monotonicMs();
    },
    ended() {
      endedMs = systemClock.monotonicMs();
    },
  };
}
