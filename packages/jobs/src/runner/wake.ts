import type { Clock } from '@modelkeep/core';

/** @internal A wait that can be cut short; being woken while nobody waits cuts the next wait. */
export interface Wake {
  up(): void;
  /** Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** @internal */
export function createWake(clock: Clock): Wake {
  let isUp = false;
  let cut: AbortController | undefined;
  return {
    up() {
      isUp = true;
      cut?.abort();
    },
    async wait(ms, signal) {
      if (!isUp) {
        cut = new AbortController();
        await clock.sleep(ms, AbortSignal.any([signal, cut.signal])).catch(() => {});
        cut = undefined;
      }
      isUp = false;
    },
  };
}
