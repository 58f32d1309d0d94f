import { ModelkeepError, systemClock } from '@modelkeep/core';
import type { SqliteDriver } from '../driver/sqlite-driver.ts';
import { isBusy } from '../errors/translate-error.ts';

/** Short at first: who has waited for longest must not look least often while others come and go. Then it is a long lock. */
const [LONGEST_PAUSE_MS, LONGEST_LATER_MS, LATER_MS] = [1, 25, 250];

/** @internal What is waited for, and for how long. */
export interface BusyWait {
  readonly driver: SqliteDriver;
  readonly path: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * @internal Tries until no other connection is in the way. Between two tries the thread is free for other databases:
 * SQLite's own busy timeout would block it. The pauses are random: 1 to 2 ms, and after a quarter of a second
 * up to 26 ms.
 *
 * @throws `sqlite.locked` after `timeoutMs`, `signal.reason` on abort, and whatever else the attempt throws
 */
export async function retryWhileBusy<T>(attempt: () => T, wait: BusyWait): Promise<T> {
  const startedMs = systemClock.monotonicMs();
  for (let pauseMs = 1; ; pauseMs *= 2) {
    wait.signal.throwIfAborted();
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(wait.driver, error)) throw error;
      const waitedMs = systemClock.monotonicMs() - startedMs;
      if (waitedMs >= wait.timeoutMs) throw locked(wait.path, { waitedMs, cause: error });
      pauseMs = Math.min(pauseMs, waitedMs < LATER_MS ? LONGEST_PAUSE_MS : LONGEST_LATER_MS);
      await systemClock.sleep(Math.min(1 + Math.random() * pauseMs, wait.timeoutMs - waitedMs + 1), wait.signal);
    }
  }
}

function locked(path: string, { waitedMs, cause }: { waitedMs: number; cause: unknown }): ModelkeepError {
  return new ModelkeepError('sqlite.locked', {
    message: `${path} was locked by another process or connection for ${Math.round(waitedMs)} ms`,
    facts: { path, waitedMs: Math.round(waitedMs) },
    hint: 'try again when the other work has ended, or wait longer',
    cause,
  });
}
