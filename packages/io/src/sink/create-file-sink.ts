import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { WorkerLease } from '@modelkeep/workers';
import type { OpenSinkOutput } from '../worker/sink-state.ts';
import type { SinkWriteInput } from '../worker/sink-tasks.ts';
import type { FileSink, FinishedFile } from './file-sink.ts';
import type { FillingSlot, SlotPool } from './slot-pool.ts';

/** @internal What a sink is made from: a file that is open in the worker of the lease. */
export interface FileSinkParts extends OpenSinkOutput {
  readonly path: string;
  readonly sinkId: number;
  readonly lease: WorkerLease;
  readonly slots: SlotPool;
  readonly resumedAtBytes: number;
  /** Called once, when the sink has finished or was aborted. */
  readonly onEnd: () => void;
}

/** @internal The calling thread's side of an open file. */
export function createFileSink(parts: FileSinkParts): FileSink {
  const { path, sinkId, lease, slots, resumedAtBytes, device, inode } = parts;
  let postedBytes = resumedAtBytes;
  let current: FillingSlot | undefined;
  let writing = false;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;

  const fail = (error: unknown): void => {
    failure ??= { error };
    slots.fail(error);
  };
  const requireOpen = (): void => {
    if (ended) throw closed(path);
    if (failure !== undefined) throw failure.error;
  };
  const end = (): void => {
    ended = true;
    lease.release();
    parts.onEnd();
  };
  /** Hands the slot that is being filled to the worker, which takes its calls in order. */
  const post = (): void => {
    if (current === undefined) return;
    const { index, usedBytes } = current;
    const input: SinkWriteInput = { sinkId, slot: index, lengthBytes: usedBytes, position: postedBytes };
    current = undefined;
    postedBytes += usedBytes;
    lease.run('sinkWrite', input).then(() => slots.giveBack(index), fail);
  };
  const call = async <T>(task: string): Promise<T> => {
    try {
      return await lease.run<T>(task, { sinkId });
    } catch (error) {
      fail(error);
      throw failure?.error;
    }
  };
  const caughtUp = call('sinkCatchUp');
  // Its failure is kept by `call` and comes with the next call of the caller.
  caughtUp.catch(() => {});

  return {
    path,
    device,
    inode,
    get bytesAccepted() {
      return postedBytes + (current?.usedBytes ?? 0);
    },
    async write(chunk, signal) {
      requireOpen();
      if (writing) throw overlapping(path);
      writing = true;
      try {
        for (let offset = 0; offset < chunk.byteLength;) {
          signal?.throwIfAborted();
          current ??= await slots.take();
          requireOpen();
          const count = Math.min(chunk.byteLength - offset, current.bytes.byteLength - current.usedBytes);
          current.bytes.set(chunk.subarray(offset, offset + count), current.usedBytes);
          current.usedBytes += count;
          offset += count;
          if (current.usedBytes === current.bytes.byteLength) post();
        }
      } finally {
        writing = false;
      }
    },
    async sync() {
      requireOpen();
      post();
      return call<number>('sinkSync');
    },
    async finish() {
      requireOpen();
      if (writing) throw overlapping(path);
      post();
      await caughtUp;
      const finished = await call<FinishedFile>('sinkFinish');
      end();
      return finished;
    },
    async abort() {
      if (ended) return;
      ended = true;
      slots.fail(closed(path));
      try {
        // A thread that has died took its descriptors with it, and answers no call.
        if (!hasDied(failure)) await lease.run('sinkAbort', { sinkId });
      } finally {
        end();
      }
    },
  };
}

/** What a task throws is always an error of modelkeep; the crash of a thread need not be. */
function hasDied(failure: { readonly error: unknown } | undefined): boolean {
  if (failure === undefined) return false;
  return !isModelkeepError(failure.error) || isModelkeepError(failure.error, 'workers.died');
}

function closed(path: string): ModelkeepError {
  return new ModelkeepError('core.closed', { message: `${path} is no longer written`, facts: { resource: path } });
}

function overlapping(path: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `a chunk for ${path} came before the last one was taken`,
    facts: { argument: 'chunk' },
    hint: 'await each write',
  });
}
