import { runTask } from './run-task.ts';
import type { Tasks } from './task-types.ts';
import type { WorkerHost } from './worker-host.ts';

/** @internal The calling thread: for tests, and where no worker can be started. */
export function createInThreadHost(load: () => Promise<Tasks>): WorkerHost {
  let running = 0;
  return {
    get load() {
      return running;
    },
    dead: false,
    started: true,
    async call(task, input, options) {
      running += 1;
      const stop = new AbortController();
      const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
      const report = (value: unknown): void => {
        if (stop.signal.aborted) return;
        try {
          options.onProgress?.(value);
        } catch (reason) {
          stop.abort(reason);
        }
      };
      try {
        const context = { signal, isCancelled: () => signal.aborted, report };
        const output = await runTask(await load(), { task, input, context });
        stop.signal.throwIfAborted();
        return output;
      } catch (error) {
        // Of the two that can stop a task, the first one is the reason.
        if (signal.aborted) throw signal.reason;
        throw error;
      } finally {
        running -= 1;
      }
    },
    async close() {},
  };
}
