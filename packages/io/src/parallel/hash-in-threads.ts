import type { CallOptions, WorkerPool } from '@modelkeep/workers';
import type { Digests } from '../hashing/hasher.ts';
import type { HashFileOutput } from '../worker/hash-file.ts';
import type { DrainRingInput, FeedRingInput } from '../worker/ring-tasks.ts';
import { stopRing } from './chunk-ring.ts';

/** @internal Where the work of {@link hashInThreads} runs. */
export interface HashThreads extends CallOptions {
  /** Its thread reads, and writes. */
  readonly pool: WorkerPool;
  /** Its threads only hash. */
  readonly hashPool: WorkerPool;
  /** Called once all bytes are read, and written where there is a copy, while the last of them are still hashed. */
  readonly onRead?: (() => Promise<void>) | undefined;
}

/**
 * @internal One thread reads an open file, and writes it where there is a copy; others hash the same memory. When one of them
 * fails, all have stopped when this rejects.
 */
export async function hashInThreads(
  { from, to, gate, ...shared }: FeedRingInput,
  { pool, hashPool, onRead, ...options }: HashThreads,
): Promise<HashFileOutput> {
  const stopped = (error: unknown): never => {
    stopRing(shared.ring);
    throw error;
  };
  const drain = (hasher: number): Promise<Partial<Digests> | null> => {
    const input: DrainRingInput = { ...shared, hasher };
    return hashPool.run<Partial<Digests> | null>('drainRing', input, { signal: options.signal }).catch(stopped);
  };
  const feed = async (): Promise<HashFileOutput> => {
    const read = await pool.run<HashFileOutput>('feedRing', { from, to, gate, ...shared }, options);
    await onRead?.();
    return read;
  };
  const drains = Array.from({ length: shared.hashers }, (_, hasher) => drain(hasher));
  const read = feed().catch(stopped);
  await Promise.allSettled([...drains, read]);
  // Those that only hash say nothing when another one has stopped them: their own failures come first.
  const digests = await Promise.all(drains);
  const { sizeBytes, mtimeMs, digests: own } = await read;
  return { sizeBytes, mtimeMs, digests: Object.assign({}, own, ...digests) };
}
