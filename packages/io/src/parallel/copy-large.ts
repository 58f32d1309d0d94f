import type { CallOptions } from '@modelkeep/workers';
import type { CopyFileInput, CopyFileOutput } from '../worker/copy-file.ts';
import { GAVE_WAY } from '../worker/give-way.ts';
import type { HashFileOutput } from '../worker/hash-file.ts';
import {
  copyWork,
  type FinishCopyInput,
  type OpenCopy,
  type OpenCopyInput,
  type OpenedPath,
} from '../worker/open-copy.ts';
import { stopRing } from './chunk-ring.ts';
import { createEarlySync, type EarlySync } from './early-sync.ts';
import { hashInThreads } from './hash-in-threads.ts';
import type { LargeFileThreads } from './large-file-threads.ts';

/**
 * @internal Makes a durable copy of a file in several threads; one of them only waits for the drive. After a failure there is no
 * copy and no open descriptor.
 */
export async function copyLarge(
  threads: LargeFileThreads,
  input: Omit<CopyFileInput, 'maxBytes'>,
  options: CallOptions,
): Promise<CopyFileOutput> {
  const { pool, syncPool, ring } = threads;
  const { path, target, permissions } = input;
  const open: OpenCopyInput = { path, target, permissions, maxBytes: null };
  const opened = await pool.run<OpenCopy>('openCopy', open);
  const copy = { path: target, descriptor: opened.copy };
  const sync = createEarlySync(syncPool, copy, () => stopRing(ring));
  try {
    let hashed: HashFileOutput;
    try {
      hashed = await fill(threads, { ...input, opened, sync }, options);
    } finally {
      // Once, and only when no thread works with them any more: then the numbers may be those of other files.
      await closeBoth(threads, { sync, copy, source: { path, descriptor: opened.source } });
    }
    return { ...hashed, mtimeMs: opened.mtimeMs, method: opened.method };
  } catch (error) {
    // The failure is what counts; a file that is gone already is as good.
    await pool.run<void>('removeFile', { path: target }).catch(() => {});
    throw options.signal?.aborted === true ? options.signal.reason : error;
  }
}

interface FillOptions extends Omit<CopyFileInput, 'maxBytes'> {
  readonly opened: OpenCopy;
  readonly sync: EarlySync;
}

function fill(
  { pool, hashPool, syncPool, ring, drainers }: LargeFileThreads,
  { opened, sync, ...input }: FillOptions,
  options: CallOptions,
): Promise<HashFileOutput> {
  const { target, permissions, algorithms, resolutionBase, gate } = input;
  const { sizeBytes } = opened;
  const isCopy = opened.method === 'copy';
  const finish: FinishCopyInput = { target, copy: opened.copy, permissions, sizeBytes };
  const work = { ring, algorithms, isCopy, drainers, sizeBytes, resolutionBase, gate, ...copyWork(input, opened) };
  return hashInThreads(work, {
    ...options,
    pool,
    hashPool,
    // The writing is at most a ring behind the reading, which is early enough.
    onProgress: (bytesRead) => {
      if (isCopy && bytesRead !== GAVE_WAY) sync.reached(Number(bytesRead));
      options.onProgress?.(bytesRead);
    },
    onEnd: async () => {
      await sync.settle();
      await syncPool.run<void>('finishCopy', finish);
    },
  });
}

async function closeBoth(
  { pool }: LargeFileThreads,
  { sync, copy, source }: { readonly sync: EarlySync; readonly copy: OpenedPath; readonly source: OpenedPath },
): Promise<void> {
  try {
    await sync.settle();
  } finally {
    try {
      await pool.run<void>('closeFile', copy);
    } finally {
      await pool.run<void>('closeFile', source);
    }
  }
}
