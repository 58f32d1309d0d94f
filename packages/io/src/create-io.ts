import { ModelkeepError, type Logger } from '@modelkeep/core';
import { createWorkerPool, type Tasks, type WorkerPool } from '@modelkeep/workers';
import { freeBytesAt } from './files/free-bytes.ts';
import { loadNativeBlake3 } from './hashing/blake3-native.ts';
import type { Blake3Kind } from './hashing/blake3.ts';
import type { HashAlgorithm } from './hashing/hasher.ts';
import type { CopiedFile, CopyFileOptions, HashedFile, HashFileOptions, Io } from './io.ts';
import { nodeFileSystem } from './node/node-file-system.ts';
import type { BulkFileSystem } from './ports/bulk-file-system.ts';
import type { FileSystem } from './ports/file-system.ts';
import { resolutionBase } from './resolution-base.ts';
import type { FileSink } from './sink/file-sink.ts';
import { openFileSink } from './sink/open-file-sink.ts';
import { createSlotPool } from './sink/slot-pool.ts';
import { workerCode } from './worker-code.ts';
import type { ListedFolder, WalkedFolder, WalkedTree } from './walk/walk-types.ts';
import type { WriteWholeInput, WriteWholeOutput } from './worker/write-whole.ts';

/** On their way to the workers, of all sinks together: 32 MiB at most. */
const SLOTS = { count: 64, slotBytes: 512 * 1024 };

/** How {@link createIo} is set up. */
export interface CreateIoOptions {
  /** @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
  /** `in-thread` blocks the calling thread for a chunk at a time: for tests and one-shot programs. @default 'worker' */
  readonly workers?: 'worker' | 'in-thread' | undefined;
  /** Worker threads at most; each starts when it is first needed. @default 2 */
  readonly size?: number | undefined;
  /** `wasm` leaves the native BLAKE3 alone. @default the native one where it can be loaded */
  readonly blake3?: Blake3Kind | undefined;
  /** The blocking calls of the bulk work, for tests; only with `workers: 'in-thread'`. @default those of the machine */
  readonly bulkFileSystem?: BulkFileSystem | undefined;
  /** A file to start as the worker, for embedders that ship the worker's code themselves. */
  readonly workerUrl?: URL | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Starts the bulk work on files. Workers start with the first call; idle ones do not keep the process alive.
 *
 * @throws `core.invalid-argument` for a `bulkFileSystem` with worker threads
 * @example
 * ```ts
 * import { createIo } from '@modelkeep/io';
 *
 * const io = createIo();
 * const { digests } = await io.hashFile('/data/model.safetensors', { algorithms: ['sha256', 'blake3'] });
 * await io.close();
 * ```
 */
export function createIo(options: CreateIoOptions = {}): Io {
  const { fileSystem = nodeFileSystem, workers = 'worker', size = 2, bulkFileSystem, logger } = options;
  if (bulkFileSystem !== undefined && workers !== 'in-thread') {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'a bulk file system of your own cannot be handed to worker threads',
      facts: { argument: 'bulkFileSystem' },
      hint: "pass workers: 'in-thread' with it",
    });
  }
  const base = options.blake3 === 'wasm' ? undefined : resolutionBase();
  let inThreadTasks: Promise<Tasks> | undefined;
  const createPool = (name: string, threads: number): WorkerPool =>
    createWorkerPool({
      name,
      entry: { code: workerCode, url: () => new URL('./worker-entry.ts', import.meta.url) },
      inThread: () => (inThreadTasks ??= loadTasks(bulkFileSystem)),
      size: threads,
      mode: workers,
      workerUrl: options.workerUrl,
      logger,
    });
  const pool = createPool('io', size);
  const syncPool = createPool('io-sync', 1);
  const slots = createSlotPool(SLOTS);
  let nextHashId = 1;
  const openSinks = new Set<FileSink>();
  const close = async (): Promise<void> => {
    await Promise.allSettled([...openSinks].map((sink) => sink.abort()));
    await pool.close();
  };

  return {
    fileSystem,
    hashFile<A extends HashAlgorithm>(path: string, { algorithms, signal, onProgress }: HashFileOptions<A>) {
      const input = { path, algorithms, resolutionBase: base };
      return pool.run<HashedFile<A>>('hashFile', input, { signal, onProgress: asBytes(onProgress) });
    },
    copyFile<A extends HashAlgorithm>({
      source,
      target,
      algorithms,
      mode = 0o644,
      signal,
      onProgress,
    }: CopyFileOptions<A>) {
      const input = { path: source, target, algorithms, permissions: mode, resolutionBase: base };
      return pool.run<CopiedFile<A>>('copyFile', input, { signal, onProgress: asBytes(onProgress) });
    },
    copyPrefix: ({ source, target, sizeBytes, signal }) =>
      pool.run<void>('copyPrefix', { path: source, target, sizeBytes, permissions: 0o644 }, { signal }),
    openSink: (sinkOptions) =>
      openFileSink({ pool, syncPool, slots, hashId: nextHashId++, resolutionBase: base, openSinks }, sinkOptions),
    async writeWhole({ path, bytes, algorithms, mode = 0o644, signal }) {
      const input: WriteWholeInput = { path, bytes, algorithms, permissions: mode, resolutionBase: base };
      return pool.run<WriteWholeOutput>('writeWhole', input, { signal });
    },
    walkTree: ({ roots, leaveOut = [], extensions, besides, onFolders, signal }) =>
      pool.run<WalkedTree>(
        'walkTree',
        { roots, leaveOut, extensions, besides },
        { signal, onProgress: (folders) => onFolders(folders as readonly WalkedFolder[]) },
      ),
    listFolders: (folders, { extensions, besides, signal }) =>
      pool.run<readonly ListedFolder[]>('listFolders', { folders, extensions, besides }, { signal }),
    freeBytes: (path) => freeBytesAt(fileSystem, path),
    blake3Kind: () => (base !== undefined && loadNativeBlake3(base) !== undefined ? 'native' : 'wasm'),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function loadTasks(bulkFileSystem: BulkFileSystem | undefined): Promise<Tasks> {
  const { createIoTasks } = await import('./worker/io-tasks.ts');
  const { nodeBulkFileSystem } = await import('./node/node-bulk-file-system.ts');
  return createIoTasks(bulkFileSystem ?? nodeBulkFileSystem);
}

function asBytes(onProgress: ((bytesDone: number) => void) | undefined): ((value: unknown) => void) | undefined {
  return onProgress === undefined ? undefined : (value) => onProgress(Number(value));
}
