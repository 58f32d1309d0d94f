import type { Transferable, Worker } from 'node:worker_threads';
import { errorFromJSON, ModelkeepError } from '@modelkeep/core';
import { runTask } from './run-task.ts';
import type { ReplyMessage, RequestMessage, Tasks } from './task-types.ts';

/** One call to a worker. */
export interface CallOptions {
  /** Gives up: the promise rejects with `signal.reason` once the task has stopped. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the values that the task reports. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
  /** Buffers that are moved to the worker instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
}

/** @internal One place where tasks run: a thread, or the calling thread. */
export interface WorkerHost {
  /** Calls that have not ended. */
  readonly load: number;
  /** Whether the thread has ended: a host that died takes no more calls. */
  readonly dead: boolean;
  call(task: string, input: unknown, options: CallOptions): Promise<unknown>;
  close(): Promise<void>;
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((value: unknown) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly forget: () => void;
}

/** @internal A worker thread. It keeps the process alive only while it has calls. */
export function createThreadHost(name: string, worker: Worker): WorkerHost {
  const pending = new Map<number, PendingCall>();
  let nextCallId = 1;

  const settle = (callId: number): PendingCall | undefined => {
    const call = pending.get(callId);
    pending.delete(callId);
    call?.forget();
    if (pending.size === 0) worker.unref();
    return call;
  };
  let end: Error | undefined;
  const failAll = (error: Error): void => {
    end ??= error;
    for (const callId of pending.keys()) settle(callId)?.reject(error);
  };

  worker.on('message', (message: ReplyMessage) => {
    if (message.kind === 'progress') {
      pending.get(message.callId)?.onProgress?.(message.value);
      return;
    }
    const call = settle(message.callId);
    if (call === undefined) return;
    if (message.kind === 'done') call.resolve(message.value);
    else call.reject(call.signal?.aborted === true ? call.signal.reason : errorFromJSON(message.error));
  });
  const died = (exitCode: number, cause?: unknown): ModelkeepError =>
    new ModelkeepError('workers.died', {
      message: `a worker of the pool "${name}" ended with exit code ${exitCode}`,
      facts: { pool: name, exitCode },
      hint: 'run the operation again: a new worker is started',
      cause,
    });
  worker.on('error', (error) => failAll(died(1, error)));
  worker.on('exit', (exitCode) => failAll(died(exitCode)));
  worker.unref();

  return {
    get load() {
      return pending.size;
    },
    get dead() {
      return end !== undefined;
    },
    call: (task, input, options) =>
      new Promise((resolve, reject) => {
        // A message to a thread that has ended goes nowhere, and nothing would ever answer it.
        if (end !== undefined) return reject(end);
        const callId = nextCallId++;
        const cancelFlag = new SharedArrayBuffer(4);
        const { signal } = options;
        const onAbort = (): void => {
          Atomics.store(new Int32Array(cancelFlag), 0, 1);
          worker.postMessage({ cancelCallId: callId } satisfies RequestMessage);
        };
        const forget = (): void => signal?.removeEventListener('abort', onAbort);
        pending.set(callId, { resolve, reject, onProgress: options.onProgress, signal, forget });
        signal?.addEventListener('abort', onAbort, { once: true });
        worker.ref();
        try {
          const message: RequestMessage = { callId, task, input, cancelFlag };
          worker.postMessage(message, options.transfer ?? []);
        } catch (error) {
          settle(callId);
          reject(error);
        }
      }),
    async close() {
      await worker.terminate();
    },
  };
}

/** @internal The calling thread: for tests, and where no worker can be started. */
export function createInThreadHost(load: () => Promise<Tasks>): WorkerHost {
  let running = 0;
  return {
    get load() {
      return running;
    },
    dead: false,
    async call(task, input, options) {
      running += 1;
      try {
        const context = {
          signal: options.signal ?? new AbortController().signal,
          isCancelled: () => options.signal?.aborted === true,
          report: (value: unknown) => options.onProgress?.(value),
        };
        return await runTask(await load(), { task, input, context });
      } catch (error) {
        if (options.signal?.aborted === true) throw options.signal.reason;
        throw error;
      } finally {
        running -= 1;
      }
    },
    async close() {},
  };
}
