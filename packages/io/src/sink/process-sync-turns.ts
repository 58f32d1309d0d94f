/** libuv has four threads: the others are for name look-ups and small calls, however slow the drives are. */
const MAX_SYNCS = 2;

/** The number goes up when {@link SyncTurns} changes its shape: copies of this package in one process share by it. */
const KEY = Symbol.for('modelkeep.sync-turns.1');

/** @internal Work that waits for a drive in one of libuv's threads. */
export interface SyncTurns {
  /** Runs the work as soon as fewer than the allowed number of others are running; in the order of the calls. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * @internal The turns that everything in this process shares: libuv's threads are those of the process, however many libraries
 * are open in it, and however often the package was installed.
 */
export function processSyncTurns(): SyncTurns {
  const holder = globalThis as { [KEY]?: SyncTurns };
  return (holder[KEY] ??= createSyncTurns());
}

function createSyncTurns(): SyncTurns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(work) {
      if (running === MAX_SYNCS) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
