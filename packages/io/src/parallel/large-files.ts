import { ModelkeepError } from '@modelkeep/core';
import type { CallOptions } from '@modelkeep/workers';
import { runningHashOf } from '../hashing/hasher-set.ts';
import type { HashAlgorithm } from '../hashing/hasher.ts';
import type { CopyFileInput, CopyFileOutput } from '../worker/copy-file.ts';
import type { HashFileInput, HashFileOutput } from '../worker/hash-file.ts';
import { MAX_READERS } from './chunk-ring.ts';
import { copyLarge } from './copy-large.ts';
import { hashLarge } from './hash-large.ts';
import type { LargeFileThreads } from './large-file-threads.ts';
import { createRingPool } from './ring-pool.ts';

/** Up to this size further threads are not worth waking. */
const MAX_INLINE_BYTES = 8 * 1024 * 1024;
/** 16 MiB in all: with less, one thread waits for another before the system has moved a third one to the core that is free. */
const RING = { slots: 64, slotBytes: 256 * 1024 };

/** @internal Hashes and copies files: small ones in one thread, large ones in several. */
export interface LargeFiles {
  hashFile(input: Omit<HashFileInput, 'maxBytes'>, options: CallOptions): Promise<HashFileOutput>;
  copyFile(input: Omit<CopyFileInput, 'maxBytes'>, options: CallOptions): Promise<CopyFileOutput>;
  /** Stops what runs in several threads; resolves when all of it has tidied up. */
  stop(): Promise<void>;
}

/** @internal What {@link createLargeFiles} works with. */
export interface LargeFilesOptions extends Pick<LargeFileThreads, 'pool' | 'hashPool' | 'syncPool'> {
  /** Large files at once that get several threads. */
  readonly count: number;
}

/**
 * @internal Large files beyond the first `count` get one thread each: all cores are busy anyway, and the memory has a bound.
 */
export function createLargeFiles({ count, ...pools }: LargeFilesOptions): LargeFiles {
  const { pool } = pools;
  const rings = createRingPool({ count, ...RING });
  const running = new Map<AbortController, Promise<unknown>>();

  /** Null: all rings are in use. */
  const withThreads = async <T>(
    drainers: number,
    options: CallOptions,
    work: (threads: LargeFileThreads, options: CallOptions) => Promise<T>,
  ): Promise<T | null> => {
    const ring = rings.tryTake();
    if (ring === undefined) return null;
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const result = work({ ...pools, ring, drainers }, { ...options, signal });
    running.set(stop, result);
    try {
      return await result;
    } finally {
      running.delete(stop);
      rings.giveBack(ring);
    }
  };

  return {
    async hashFile(input, options) {
      const inOneThread = <Output>(maxBytes: number | null): Promise<Output> =>
        pool.run<Output>('hashFile', { ...input, maxBytes }, options);
      // One hash alone would wait for the reading thread as long as it saves.
      const isWorthIt = hashesOf(input.algorithms) > 1;
      return (
        (await inOneThread<HashFileOutput | null>(isWorthIt ? MAX_INLINE_BYTES : null)) ??
        (await withThreads(1, options, (threads, own) => hashLarge(threads, input, own))) ??
        inOneThread<HashFileOutput>(null)
      );
    },
    async copyFile(input, options) {
      const inOneThread = <Output>(maxBytes: number | null): Promise<Output> =>
        pool.run<Output>('copyFile', { ...input, maxBytes }, options);
      const drainers = Math.min(hashesOf(input.algorithms), MAX_READERS);
      return (
        (await inOneThread<CopyFileOutput | null>(drainers > 0 ? MAX_INLINE_BYTES : null)) ??
        (await withThreads(drainers, options, (threads, own) => copyLarge(threads, input, own))) ??
        inOneThread<CopyFileOutput>(null)
      );
    },
    async stop() {
      for (const controller of running.keys()) controller.abort(closed());
      await Promise.allSettled(running.values());
    },
  };
}

function hashesOf(algorithms: readonly HashAlgorithm[]): number {
  return new Set(algorithms.map((algorithm) => runningHashOf(algorithm))).size;
}

function closed(): ModelkeepError {
  return new ModelkeepError('workers.died', {
    message: 'the workers were closed while a file was read',
    facts: { pool: 'io', exitCode: 0 },
    hint: 'open a new one and run the operation again',
  });
}
