import {
  descriptorWaitsMs,
  isModelkeepError,
  ModelkeepError,
  silentLogger,
  systemClock,
  type Logger,
} from '@modelkeep/core';
import { createInThreadHost } from './in-thread-host.ts';
import { startWorker, type WorkerEntry } from './start-worker.ts';
import type { Tasks } from './task-types.ts';
import { createThreadHost, type CallOptions, type WorkerHost } from './worker-host.ts';

/** How a pool is made. */
export interface WorkerPoolOptions {
  /** For messages and for the threads' names. */
  readonly name: string;
  readonly entry: WorkerEntry;
  /** The same tasks for the calling thread. */
  readonly inThread: () => Promise<Tasks>;
  /** Threads at most; each starts when it is first needed. @default 1 */
  readonly size?: number | undefined;
  /** `in-thread` runs everything on the calling thread. @default 'worker' */
  readonly mode?: 'worker' | 'in-thread' | undefined;
  /** A file to start instead of the entry, for embedders that ship the worker's code themselves. */
  readonly workerUrl?: URL | undefined;
  readonly logger?: Logger | undefined;
}

/** A worker that one caller has for a while: all its calls go to the same thread, so tasks may keep state there. */
export interface WorkerLease {
  run<Output>(task: string, input: unknown, options?: CallOptions): Promise<Output>;
  /** Gives the worker back. Calls after that fail. */
  release(): void;
}

/** Threads that run tasks. Idle threads never keep the process alive. */
export interface WorkerPool extends AsyncDisposable {
  /**
   * Runs a task on the least busy worker.
   *
   * @throws `workers.died` when the thread ends, `core.too-many-files` when no thread can be started for seconds, `core.closed` after {@link WorkerPool.close}, `signal.reason` on abort,
   * and whatever the task throws
   */
  run<Output>(task: string, input: unknown, options?: CallOptions): Promise<Output>;
  lease(): WorkerLease;
  /** Ends the threads; running calls fail. */
  close(): Promise<void>;
}

/**
 * A pool of worker threads.
 *
 * @example
 * ```ts
 * import { createWorkerPool, type Tasks } from '@modelkeep/workers';
 *
 * const tasks: Tasks = { add: ({ a, b }: { a: number; b: number }) => a + b };
 * const pool = createWorkerPool({
 *   name: 'arithmetic',
 *   entry: { code: undefined, url: () => new URL('./worker-entry.js', import.meta.url) },
 *   inThread: async () => tasks,
 * });
 * const sum = await pool.run<number>('add', { a: 1, b: 2 }, { signal: AbortSignal.timeout(1_000) });
 * ```
 */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { name, logger = silentLogger, size = 1 } = options;
  /** Set while the system has no descriptors for another thread. */
  let lack: Lack | undefined;
  const hosts: WorkerHost[] = [];
  const leases = new Map<WorkerHost, number>();
  let closed = false;
  let inThread = options.mode === 'in-thread';

  const startHost = (): WorkerHost => {
    if (!inThread) {
      try {
        return createThreadHost(name, startWorker(name, options.entry, options.workerUrl));
      } catch (error) {
        logger.warn(`no worker can be started for "${name}": its work runs on the main thread`, {
          error: String(error),
        });
        inThread = true;
      }
    }
    return createInThreadHost(options.inThread);
  };

  const busyness = (host: WorkerHost): number => host.load + (leases.get(host) ?? 0);

  /** What is retried elsewhere may find out whether there are descriptors again; a lease may not. */
  const most = (isRetried: boolean): number => {
    if (lack === undefined || (isRetried && systemClock.monotonicMs() >= lack.untilMs)) return size;
    return lack.threads;
  };

  const pick = (isRetried: boolean): WorkerHost => {
    if (closed) {
      throw new ModelkeepError('core.closed', {
        message: `the worker pool "${name}" is closed`,
        facts: { resource: name },
      });
    }
    for (let index = hosts.length - 1; index >= 0; index -= 1) {
      if (hosts[index]?.dead === true) hosts.splice(index, 1);
    }
    const idlest = hosts.toSorted((a, b) => busyness(a) - busyness(b))[0];
    if (idlest !== undefined && (busyness(idlest) === 0 || hosts.length >= most(isRetried))) return idlest;
    const host = startHost();
    hosts.push(host);
    return host;
  };

  const call = async (host: WorkerHost, task: string, input: unknown, callOptions: CallOptions): Promise<unknown> => {
    callOptions.signal?.throwIfAborted();
    return host.call(task, input, callOptions);
  };

  const living = (): number => hosts.filter(({ dead }) => !dead).length;

  const run = async (task: string, input: unknown, callOptions: CallOptions): Promise<unknown> => {
    for (let attempt = 0; ; attempt += 1) {
      const host = pick(true);
      try {
        const output = await call(host, task, input, callOptions);
        if (lack !== undefined && living() > lack.threads) lack = undefined;
        return output;
      } catch (error) {
        // What was moved to a thread that did not come up is gone with it.
        const isMoved = (callOptions.transfer?.length ?? 0) > 0;
        if (host.started || isMoved || !isModelkeepError(error, 'core.too-many-files')) throw error;
        logger.warn(`no further thread can be started for "${name}": ${error.message}`, { living: living() });
        lack = stillLacking(lack, living());
        if (living() > 0) continue;
        const waitMs = descriptorWaitsMs[attempt];
        if (waitMs === undefined) throw error;
        await systemClock.sleep(waitMs, callOptions.signal);
      }
    }
  };

  const close = async (): Promise<void> => {
    closed = true;
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  };

  return {
    async run<Output>(task: string, input: unknown, callOptions: CallOptions = {}) {
      return (await run(task, input, callOptions)) as Output;
    },
    lease() {
      const host = pick(false);
      let released = false;
      leases.set(host, (leases.get(host) ?? 0) + 1);
      return {
        async run<Output>(task: string, input: unknown, callOptions: CallOptions = {}) {
          if (released || closed) {
            throw new ModelkeepError('core.closed', {
              message: `the worker of "${name}" was given back`,
              facts: { resource: name },
            });
          }
          return (await call(host, task, input, callOptions)) as Output;
        },
        release() {
          if (released) return;
          released = true;
          const left = (leases.get(host) ?? 1) - 1;
          if (left === 0) leases.delete(host);
          else leases.set(host, left);
        },
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** How many threads there are to be, until another one is tried. */
interface Lack {
  readonly threads: number;
  readonly untilMs: number;
  readonly waitMs: number;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Twice as long each time that another one was tried in vain. */
function stillLacking(before: Lack | undefined, living: number): Lack {
  const nowMs = systemClock.monotonicMs();
  const threads = Math.max(1, living);
  if (before !== undefined && nowMs < before.untilMs) return { ...before, threads };
  const waitMs = before === undefined ? FIRST_WAIT_MS : Math.min(LONGEST_WAIT_MS, before.waitMs * 2);
  return { threads, untilMs: nowMs + waitMs, waitMs };
}
