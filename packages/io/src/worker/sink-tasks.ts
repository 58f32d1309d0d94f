import { ModelkeepError } from '@modelkeep/core';
import type { Tasks } from '@modelkeep/workers';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import { openSinkState, type OpenSinkInput, type OpenSinkOutput, type SinkState } from './sink-state.ts';
import { CHUNK_BYTES, nextTurn, readFully, translated, writeFully, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker: any call on an open sink. */
export interface SinkInput {
  readonly sinkId: number;
}

/** @internal Main thread → worker: bytes in a slot. */
export interface SinkWriteInput extends SinkInput {
  readonly slot: number;
  readonly lengthBytes: number;
  /** Where they belong: must be the file's end. */
  readonly position: number;
}

/** @internal Worker → main thread. */
export interface SinkFinishOutput {
  readonly sizeBytes: number;
  readonly digests: Partial<Record<HashAlgorithm, string>>;
}

/** @internal The tasks of open sinks, which are kept by number. */
export function createSinkTasks(tools: WorkerTools): Tasks {
  const sinks = new Map<number, SinkState>();

  /** Runs one step on a sink; a step that fails is the last one. */
  const step = <T>(sinkId: number, run: (state: SinkState) => T): T => {
    const state = sinks.get(sinkId);
    if (state === undefined) throw unknownSink(sinkId);
    if (state.failure !== undefined) throw state.failure;
    try {
      return run(state);
    } catch (error) {
      state.failure = error;
      throw error;
    }
  };

  return {
    sinkOpen: (input: OpenSinkInput): OpenSinkOutput => {
      const { state, opened } = openSinkState(tools, input);
      sinks.set(input.sinkId, state);
      return opened;
    },
    sinkCatchUp: async ({ sinkId }: SinkInput, context) => {
      while (step(sinkId, (state) => hashNextChunk(tools, state))) {
        await nextTurn(context);
        if (sinks.get(sinkId)?.closed !== false) return;
      }
    },
    sinkWrite: ({ sinkId, ...slice }: SinkWriteInput) => step(sinkId, (state) => write(tools, state, slice)),
    sinkSync: ({ sinkId }: SinkInput): number =>
      step(sinkId, (state) => {
        translated(state.path, 'fdatasync', () => tools.bulk.fdatasync(state.descriptor));
        return state.writtenBytes;
      }),
    sinkFinish: ({ sinkId }: SinkInput): SinkFinishOutput => {
      const finished = step(sinkId, (state) => finish(tools, state));
      sinks.delete(sinkId);
      return finished;
    },
    sinkAbort: ({ sinkId }: SinkInput) => {
      const state = sinks.get(sinkId);
      if (state === undefined) return;
      sinks.delete(sinkId);
      state.hashers.dispose();
      if (state.closed) return;
      state.closed = true;
      translated(state.path, 'close', () => tools.bulk.close(state.descriptor));
    },
  };
}

function write({ bulk }: WorkerTools, state: SinkState, slice: Omit<SinkWriteInput, 'sinkId'>): void {
  const bytes = state.slots[slice.slot]?.subarray(0, slice.lengthBytes);
  if (bytes === undefined || slice.position !== state.writtenBytes) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `bytes for position ${slice.position} of ${state.path} came when ${state.writtenBytes} was next`,
      facts: { argument: 'position', found: slice.position },
    });
  }
  translated(state.path, 'write', () => writeFully(bulk, state.descriptor, { bytes, position: slice.position }));
  state.writtenBytes += bytes.byteLength;
  if (state.hashedBytes !== slice.position) return;
  state.hashers.update(bytes);
  state.hashedBytes = state.writtenBytes;
}

/** Reads back one chunk that the hashes have not seen. @returns whether there is more */
function hashNextChunk({ bulk }: WorkerTools, state: SinkState): boolean {
  const { hashedBytes, writtenBytes, path, descriptor } = state;
  if (hashedBytes === writtenBytes) return false;
  const bytes = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, writtenBytes - hashedBytes));
  const count = translated(path, 'read back', () => readFully(bulk, descriptor, { bytes, position: hashedBytes }));
  if (count < bytes.byteLength) throw wrongSize(path, { expected: writtenBytes, found: hashedBytes + count });
  state.hashers.update(bytes);
  state.hashedBytes += count;
  return state.hashedBytes < writtenBytes;
}

function finish({ bulk }: WorkerTools, state: SinkState): SinkFinishOutput {
  const { path, descriptor, writtenBytes, expectedSizeBytes, algorithms } = state;
  if (state.hashedBytes !== writtenBytes) throw wrongSize(path, { expected: writtenBytes, found: state.hashedBytes });
  translated(path, 'fsync', () => bulk.fsync(descriptor));
  const { sizeBytes } = bulk.status(descriptor);
  if (sizeBytes !== writtenBytes) throw wrongSize(path, { expected: writtenBytes, found: sizeBytes });
  state.closed = true;
  translated(path, 'close', () => bulk.close(descriptor));
  const digests = state.hashers.digests();
  // Git hashes the length before the bytes: with another length than was announced the digest is of nothing.
  if (algorithms.includes('git-sha1') && sizeBytes !== expectedSizeBytes) delete digests['git-sha1'];
  return { sizeBytes, digests };
}

function unknownSink(sinkId: number): ModelkeepError {
  return new ModelkeepError('core.closed', {
    message: `the file sink ${sinkId} is not open`,
    facts: { resource: 'file sink' },
  });
}

function wrongSize(path: string, { expected, found }: { expected: number; found: number }): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `${path} has ${found} bytes where ${expected} were written`,
    facts: { path, systemCode: 'EIO', operation: 'check' },
    hint: 'another program writes to this file, or the drive loses data',
  });
}
