import type { CallOptions } from '@modelkeep/workers';
import type { HashFileInput, HashFileOutput } from '../worker/hash-file.ts';
import type { OpenedSource } from '../worker/open-copy.ts';
import { hashInThreads } from './hash-in-threads.ts';
import type { LargeFileThreads } from './large-file-threads.ts';

/** @internal Hashes a file in several threads. */
export async function hashLarge(
  { pool, hashPool, ring, drainers }: LargeFileThreads,
  { path, algorithms, resolutionBase, gate }: Omit<HashFileInput, 'maxBytes'>,
  options: CallOptions,
): Promise<HashFileOutput> {
  const { source, sizeBytes } = await pool.run<OpenedSource>('openSource', { path });
  try {
    const from = { path, descriptor: source };
    const input = { ring, algorithms, isCopy: false, drainers, sizeBytes, resolutionBase, gate, from, to: null };
    return await hashInThreads(input, { ...options, pool, hashPool });
  } finally {
    await pool.run<void>('closeFile', { path, descriptor: source });
  }
}
