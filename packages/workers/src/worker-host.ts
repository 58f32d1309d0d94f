import type { Transferable, Worker } from 'node:worker_threads';
import { errorFromJSON, ModelkeepError, onAbort, tooManyFiles } from '@modelkeep/core';
import type { ReplyMessage, RequestMessage } from './task-types.ts';

/** One call to a worker. */
export interface CallOptions {
  /** Gives up: the promise rejects with `signal.reason` once the task has stopped. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Takes the values that the task reports. Where it throws, the task is cancelled and the promise rejects with what was
   * thrown once the task has stopped.
   */
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
  /** Whether the thread came up: of one that did not, no call has begun. */
  readonly started: boolean;
  call(task: string, input: unknown, options: CallOptions): Promise<unknown>;
  close(): Promise<void>;
}

/** How long an idle thread may take to end, in milliseconds, before it is cut off. */
const END_WITHIN_MS = 2_000;

function afterMs(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false as const).unref());
}

interface PendingCall {
  readonly callId: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((value: unknown) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly cancelFlag: SharedArrayBuffer;
  readonly forget: () => void;
  /** Tells the task that nobody waits for it. */
  readonly cancel: () => void;
  /** `onProgress` threw: what the call rejects with, which an earlier abort decides. */
  thrown?: { readonly reason: unknown };
}

/** A thread takes several descriptors, and its code some to be read. Where they lack, Node says so in the message only. */
function codeWithoutDescriptors({ message }: Error): 'EMFILE' | 'ENFILE' | undefined {
  if (/\bENFILE\b/.test(message)) return 'ENFILE';
  return /\bEMFILE\b|too many open files/.test(message) ? 'EMFILE' : undefined;
}

/** @internal A worker thread. It keeps the process alive only while it has calls. */
export function createThreadHost(name: string, worker: Worker): WorkerHost {
  /** An array, since it changes with each call: what a map has held can live on with its old tables. */
  const pending: PendingCall[] = [];
  /** Of calls that have ended, for the next ones: shared memory that is new for each call would wait long to be collected. */
  const flags: SharedArrayBuffer[] = [];
  let nextCallId = 1;

  const settle = (callId: number): PendingCall | undefined => {
    const index = pending.findIndex((call) => call.callId === callId);
    const [call] = index === -1 ? [] : pending.splice(index, 1);
    if (pending.length === 0) worker.unref();
    if (call === undefined) return undefined;
    call.forget();
    new Int32Array(call.cancelFlag)[0] = 0;
    flags.push(call.cancelFlag);
    return call;
  };
  let end: Error | undefined;
  const failAll = (error: Error): void => {
    end ??= error;
    for (const call of pending.splice(0)) {
      call.forget();
      call.reject(error);
    }
    worker.unref();
  };

  const progress = (call: PendingCall, value: unknown): void => {
    if (call.thrown !== undefined) return;
    try {
      call.onProgress?.(value);
    } catch (reason) {
      // Thrown on from here it would be nobody's, and end the process.
      call.thrown = { reason: call.signal?.aborted === true ? call.signal.reason : reason };
      call.cancel();
    }
  };

  worker.on('message', (message: ReplyMessage) => {
    if (message.kind === 'progress') {
      const reporting = pending.find(({ callId }) => callId === message.callId);
      if (reporting !== undefined) progress(reporting, message.value);
      return;
    }
    const call = settle(message.callId);
    if (call === undefined) return;
    if (call.thrown !== undefined) call.reject(call.thrown.reason);
    else if (message.kind === 'done') call.resolve(message.value);
    else call.reject(call.signal?.aborted === true ? call.signal.reason : errorFromJSON(message.error));
  });
  let givenUp: Promise<void> | undefined;
  /** A thread that is cut off in the middle of its work can take the process with it: idle ones end by themselves. */
  const endThread = async (): Promise<void> => {
    const ended = new Promise<true>((resolve) => worker.once('exit', () => resolve(true)));
    worker.ref();
    worker.postMessage({ end: true } satisfies RequestMessage);
    if (!(await Promise.race([ended, afterMs(END_WITHIN_MS)]))) await worker.terminate();
  };
  const died = (how: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown }): ModelkeepError =>
    new ModelkeepError('workers.died', {
      message: `a worker of the pool "${name}" ${how}`,
      facts: { pool: name, exitCode },
      hint: 'run the operation again: a new worker is started',
      cause,
    });
  let started = false;
  worker.once('online', () => (started = true));
  worker.on('error', (error) => {
    const systemCode = codeWithoutDescriptors(error);
    if (systemCode === undefined) failAll(died('ended with exit code 1', { cause: error }));
    else failAll(tooManyFiles({ what: `a thread of the pool "${name}"`, systemCode, cause: error }));
  });
  worker.on('exit', (exitCode) => failAll(died(`ended with exit code ${exitCode}`, { exitCode })));
  worker.on('messageerror', (cause) => {
    // Whose answer it was cannot be told: all calls fail, and whoever recovers from a dead worker recovers from this.
    for (const call of pending) call.cancel();
    failAll(died('sent an answer that cannot be read', { cause }));
    givenUp = endThread();
  });
  worker.unref();

  return {
    get load() {
      return pending.length;
    },
    get dead() {
      return end !== undefined;
    },
    get started() {
      return started;
    },
    call: (task, input, options) =>
      new Promise((resolve, reject) => {
        // A message to a thread that has ended goes nowhere, and nothing would ever answer it.
        if (end !== undefined) return reject(end);
        const callId = nextCallId++;
        const cancelFlag = flags.pop() ?? new SharedArrayBuffer(4);
        const { signal } = options;
        const cancel = (): void => {
          Atomics.store(new Int32Array(cancelFlag), 0, 1);
          worker.postMessage({ cancelCallId: callId } satisfies RequestMessage);
        };
        const forget = signal === undefined ? () => {} : onAbort(signal, cancel);
        pending.push({ callId, resolve, reject, onProgress: options.onProgress, signal, cancelFlag, forget, cancel });
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
      if (end !== undefined) return givenUp;
      // A task that is told to stop lets go of its files: the end of its thread does not.
      for (const call of pending) call.cancel();
      failAll(died('was closed', {}));
      await endThread();
    },
  };
}
