import { abortable, systemClock } from '@modelkeep/core';
import type { StateFile } from './state-file.ts';

/** @internal Tells when somebody has written. */
export interface ChangeTicker {
  /** Resolves with a number that is not `seen`: at once, or when this or any other process has written. */
  next(seen: number, signal: AbortSignal): Promise<number>;
}

/** Between two looks: short after a change, behind which others often come, and then longer while nothing does. */
const [SHORTEST_POLL_MS, LONGEST_POLL_MS] = [5, 20];

/**
 * @internal One look for all who follow: SQLite tells for next to nothing whether another connection has written. Nobody
 * looks while nobody follows, and an own commit is told at once.
 */
export function createChangeTicker(file: StateFile): ChangeTicker {
  let looking: Promise<number> | undefined;
  let hurry = (): void => {};
  file.onWritten(() => hurry());

  const look = async (waitMs: number): Promise<number> => {
    const woken = new AbortController();
    hurry = () => woken.abort();
    if (waitMs > 0) await systemClock.sleep(waitMs, woken.signal).catch(() => {});
    return file.version();
  };
  const lookTogether = (waitMs: number): Promise<number> =>
    (looking ??= look(waitMs).finally(() => (looking = undefined)));
  return {
    async next(seen, signal) {
      signal.throwIfAborted();
      for (let waitMs = 0; ; waitMs = Math.min(LONGEST_POLL_MS, Math.max(SHORTEST_POLL_MS, waitMs * 1.25))) {
        const version = await abortable(lookTogether(waitMs), signal);
        if (version !== seen) return version;
      }
    },
  };
}
