import type { CallOptions, WorkerPool } from '@modelkeep/workers';
import type { Digests } from '../hashing/hasher.ts';
import type { HashFileOutput } from '../worker/hash-file.ts';
import type { DrainRingInput, FeedRingInput } from '../worker/ring-tasks.ts';
import { stopRing } from './chunk-ring.ts';
import { WRITER } from './share-work.ts';

/** @internal Where the work of {@link hashInThreads} runs. */
export interface HashThreads extends CallOptions {
  /** Its thread reads. */
  readonly pool: WorkerPool;
  /** Its threads hash, and write. */
  readonly hashPool: WorkerPool;
  /** Called once all bytes are read, and written where there is a copy, while the last of them are still hashed. */
  readonly onEnd?: (() => Promise<void>) | undefined;
}

/**
 * @internal One thread reads an open file; others take the same memory, of whom one writes it where there is a copy, and all
 * hash. When one of them fails, all have stopped when this rejects.
 */
export async function hashInThreads(
  { from, to, gate, ...shared }: FeedRingInput & Pick<DrainRingInput, 'to'>,
  { pool, hashPool, onEnd, ...options }: HashThreads,
): Promise<HashFileOutput> {
  const stopped = (error: unknown): never => {
    stopRing(shared.ring);
    throw error;
  };
  const drain = (drainer: number): Promise<Partial<Digests> | null> => {
    const input: DrainRingInput = { ...shared, drainer, to: drainer === WRITER ? to : null };
    return hashPool.run<Partial<Digests> | null>('drainRing', input, { signal: options.signal }).catch(stopped);
  };
  const drains = Array.from({ length: shared.drainers }, (_, drainer) => drain(drainer));
  const feed = async (): Promise<HashFileOutput> => {
    const input: FeedRingInput = { from, gate, ...shared };
    const read = await pool.run<HashFileOutput>('feedRing', input, options);
    // One that has stopped has not written all; why says the thread that made it stop.
    if (to === null || (await drains[WRITER]) !== null) await onEnd?.();
    return read;
  };
  const read = feed().catch(stopped);
  await Promise.allSettled([...drains, read]);
  // Those that drain say nothing when another one has stopped them: their own failures come first.
  const digests = await Promise.all(drains);
  const { sizeBytes, mtimeMs, digests: own } = await read;
  return { sizeBytes, mtimeMs, digests: Object.assign({}, own, ...digests) };
}
