import { ModelkeepError } from '@modelkeep/core';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import { createByteRanges, type ByteRange } from '../ranges/byte-ranges.ts';
import type { DescriptorInput, OpenFile, WriteInput } from '../worker/open-file-tasks.ts';
import { createBatch, type Batch } from './batch.ts';
import type { FileSink, SinkChunk } from './file-sink.ts';
import { startHashes } from './running-hashes.ts';
import type { SinkHost } from './sink-host.ts';
import type { Slot } from './slot-pool.ts';

/** @internal What a sink is made from: a file that is open in this process. */
export interface FileSinkParts extends OpenFile, Omit<SinkHost, 'openSinks'> {
  readonly path: string;
  readonly algorithms: readonly HashAlgorithm[];
  readonly expectedSizeBytes: number | null;
  readonly resumed: readonly ByteRange[];
  /** Called once, when the sink has finished or was aborted. */
  readonly onEnd: () => void;
}

/** What a write gives that has nothing to wait for. */
const taken = Promise.resolve();

/** Batches of one sink that are on their way at once: the memory is there for other sinks too. */
const MAX_POSTED = 8;

/**
 * @internal The calling thread's side of an open file. Bytes are written by one thread and hashed by another one at the
 * same time, from the same memory.
 */
export function createFileSink(parts: FileSinkParts): FileSink {
  const { path, slots, pool, device, inode, descriptor, algorithms, expectedSizeBytes } = parts;
  const file: DescriptorInput = { path, descriptor };
  const accepted = createByteRanges(parts.resumed);
  const written = createByteRanges(parts.resumed);
  /** Those that are being filled. Arrays, since they change with each chunk: what a set has held can live on with its old tables. */
  const batches: Batch[] = [];
  const posted: Promise<void>[] = [];
  /** For those who wait until fewer batches are on their way. */
  let fewer: PromiseWithResolvers<void> | undefined;
  const stopped = new AbortController();
  let bytesAccepted = accepted.sizeBytes;
  let syncing: Promise<unknown> | undefined;
  let ended = false;
  let isClosed = false;
  let failure: { readonly error: unknown } | undefined;

  const fail = (error: unknown): void => {
    failure ??= { error };
    if (!stopped.signal.aborted) stopped.abort(failure.error);
  };
  const requireOpen = (): void => {
    if (ended) throw closed(path);
    if (failure !== undefined) throw failure.error;
  };
  const kept = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      fail(error);
      throw failure?.error;
    }
  };

  const hashLease = pool.lease();
  const writeLease = pool.lease();
  const { hashId, resolutionBase } = parts;
  const hash = startHashes({
    lease: hashLease,
    secondLease: writeLease,
    hashId,
    path,
    descriptor,
    algorithms,
    expectedSizeBytes,
    resolutionBase,
    written,
    onFailure: fail,
  });
  hash.catchUp();

  const writeBatch = async ({ pieces, positionBytes, lengthBytes }: Batch): Promise<void> => {
    const input: WriteInput = { ...file, pieces, positionBytes };
    try {
      await writeLease.run<void>('writeFile', input);
      written.add({ startBytes: positionBytes, endBytes: positionBytes + lengthBytes });
    } catch (error) {
      fail(error);
    }
  };
  /** Hands bytes to the threads. */
  const post = (batch: Batch): void => {
    const hashing = hash.take(batch);
    const work = async (): Promise<void> => {
      await writeBatch(batch);
      await hashing;
      void posted.splice(posted.indexOf(done), 1);
      batch.release();
      fewer?.resolve();
      fewer = undefined;
      hash.catchUp();
    };
    const done = work();
    posted.push(done);
  };
  const postAll = (): void => {
    for (const batch of batches.splice(0)) post(batch);
  };
  /** The batch that ends at a position. */
  const takeOut = (endBytes: number): Batch | undefined => {
    const index = batches.findIndex((batch) => batch.positionBytes + batch.lengthBytes === endBytes);
    return index === -1 ? undefined : batches.splice(index, 1)[0];
  };
  const newBatch = async (positionBytes: number, signal: AbortSignal | undefined): Promise<Batch> => {
    while (posted.length >= MAX_POSTED) await (fewer ??= Promise.withResolvers()).promise;
    signal?.throwIfAborted();
    requireOpen();
    return createBatch(positionBytes, slots.giveBack);
  };
  /** Where all slots are half full, they are sent as they are: nobody waits for one that never fills. */
  const newSlot = async (signal: AbortSignal | undefined): Promise<Slot> => {
    const slot = slots.tryTake();
    if (slot !== undefined) return slot;
    postAll();
    return slots.take(signal === undefined ? [stopped.signal] : [stopped.signal, signal]);
  };
  /** @returns bytes that were taken */
  const put = (batch: Batch, chunk: SinkChunk): number => {
    const count = batch.take(chunk);
    accepted.add({ startBytes: chunk.positionBytes, endBytes: chunk.positionBytes + count });
    bytesAccepted += count;
    if (batch.isFull) post(batch);
    else batches.push(batch);
    return count;
  };
  /** Most chunks find a batch with room for them: without a promise of their own they leave no garbage. */
  const takeAtOnce = (chunk: SinkChunk): boolean => {
    const { bytes, positionBytes } = chunk;
    if (ended || failure !== undefined || bytes.byteLength === 0) return false;
    if (accepted.nextStart(positionBytes) < positionBytes + bytes.byteLength) return false;
    const index = batches.findIndex((batch) => batch.positionBytes + batch.lengthBytes === positionBytes);
    const batch = batches[index];
    if (batch?.takesWhole(chunk) !== true) return false;
    batches.splice(index, 1);
    put(batch, chunk);
    return true;
  };
  const take = async (
    { bytes, positionBytes, release: free }: SinkChunk,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    requireOpen();
    const endBytes = positionBytes + bytes.byteLength;
    if (accepted.nextStart(positionBytes) < endBytes) throw takenBefore(path, positionBytes);
    for (let offset = 0; offset < bytes.byteLength;) {
      const at = positionBytes + offset;
      const rest: SinkChunk = {
        bytes: offset === 0 ? bytes : bytes.subarray(offset),
        positionBytes: at,
        release: free,
      };
      let batch = takeOut(at) ?? (await newBatch(at, signal));
      if (!batch.takesAtOnce(rest)) {
        // Nothing is held while a slot is waited for: the others that wait may wait for this one.
        if (batch.lengthBytes > 0) {
          post(batch);
          batch = await newBatch(at, signal);
        }
        batch.addSlot(await newSlot(signal));
      }
      if (ended) {
        batch.release();
        throw closed(path);
      }
      offset += put(batch, rest);
    }
  };
  const release = (): void => {
    for (const batch of batches.splice(0)) batch.release();
    hashLease.release();
    writeLease.release();
    parts.onEnd();
  };
  const settled = async (): Promise<void> => {
    while (posted.length > 0) await Promise.all(posted);
  };
  /** On another thread, so that neither writes nor hashes wait for the drive. */
  const runSync = (): Promise<void> => kept(parts.syncPool.run<void>('syncFile', file));
  /** Once, also where it fails: by then the number may be that of another file. */
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await pool.run<void>('closeFile', file);
  };
  const check = async (): Promise<number> => {
    const sizeBytes = await kept(pool.run<number>('fileSize', file));
    const expected = written.endBytes;
    if (sizeBytes === expected && hash.doneBytes === expected) return sizeBytes;
    const error = wrongSize(path, { expected, found: Math.min(sizeBytes, hash.doneBytes) });
    fail(error);
    throw error;
  };

  return {
    path,
    device,
    inode,
    accepted,
    get bytesAccepted() {
      return bytesAccepted;
    },
    get bytesHashed() {
      return hash.doneBytes;
    },
    write: (chunk, signal) => (takeAtOnce(chunk) ? taken : take(chunk, signal)),
    async sync() {
      requireOpen();
      if (syncing !== undefined) throw overlapping(path);
      postAll();
      const run = async (): Promise<readonly ByteRange[]> => {
        await Promise.all(posted);
        requireOpen();
        const ranges = written.toArray();
        await runSync();
        return ranges;
      };
      const result = run();
      syncing = Promise.allSettled([result]);
      try {
        return await result;
      } finally {
        syncing = undefined;
      }
    },
    async finish() {
      requireOpen();
      postAll();
      await settled();
      await syncing;
      requireOpen();
      // The drive works while the last bytes are hashed.
      await Promise.allSettled([runSync(), hash.idle()]);
      requireOpen();
      const sizeBytes = await check();
      const digests = await kept(hash.digests());
      await kept(close());
      ended = true;
      release();
      // Git hashes the length before the bytes: with another length than was announced the digest is of nothing.
      if (algorithms.includes('git-sha1') && sizeBytes !== expectedSizeBytes) delete digests['git-sha1'];
      return { sizeBytes, digests };
    },
    async abort() {
      if (ended) return;
      ended = true;
      stopped.abort(closed(path));
      // The descriptor is closed only when no thread works with it any more.
      await settled();
      await syncing;
      await hash.cancel();
      try {
        await close();
      } finally {
        release();
      }
    },
  };
}

function wrongSize(path: string, { expected, found }: { expected: number; found: number }): ModelkeepError {
  return new ModelkeepError('io.failed', {
    message: `${path} has ${found} bytes where ${expected} were written`,
    facts: { path, systemCode: 'EIO', operation: 'check' },
    hint: 'another program writes to this file, or the drive loses data',
  });
}

function closed(path: string): ModelkeepError {
  return new ModelkeepError('core.closed', { message: `${path} is no longer written`, facts: { resource: path } });
}

function overlapping(path: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${path} is being synced already`,
    facts: { argument: 'sync' },
    hint: 'await each sync',
  });
}

function takenBefore(path: string, positionBytes: number): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `the bytes at ${positionBytes} of ${path} were taken before`,
    facts: { argument: 'positionBytes', found: positionBytes },
  });
}
