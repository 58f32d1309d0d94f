import { ModelkeepError, systemClock, type Logger } from '@modelkeep/core';
import { createWorkerPool, type Tasks, type WorkerPool } from '@modelkeep/workers';
import { createDrives } from './drives/create-drives.ts';
import type { DriveOverride } from './drives/drive-override.ts';
import { freeBytesAt } from './files/free-bytes.ts';
import { loadNativeBlake3 } from './hashing/blake3-native.ts';
import type { Blake3Kind } from './hashing/blake3.ts';
import type { HashAlgorithm } from './hashing/hasher.ts';
import type { CopiedFile, CopyFileOptions, HashedFile, HashFileOptions, Io } from './io.ts';
import { nodeFileSystem } from './node/node-file-system.ts';
import { nodeSystemFiles } from './node/node-system-files.ts';
import { runCommand } from './node/run-command.ts';
import { MAX_READERS } from './parallel/chunk-ring.ts';
import { createLargeFiles } from './parallel/large-files.ts';
import { readPieces } from './pieces/read-pieces.ts';
import type { BulkFileSystem } from './ports/bulk-file-system.ts';
import type { FileKind, FileSystem } from './ports/file-system.ts';
import type { DriveQueues } from './queue/drive-queues.ts';
import { createIoQueue } from './queue/io-queue.ts';
import { processDriveQueues } from './queue/process-drive-queues.ts';
import { resolutionBase } from './resolution-base.ts';
import type { FileSink } from './sink/file-sink.ts';
import { openFileSink } from './sink/open-file-sink.ts';
import { createSlotPool } from './sink/slot-pool.ts';
import { createSyncPool } from './sink/sync-pool.ts';
import { checkPlace } from './validation/check-place.ts';
import { workerCode } from './worker-code.ts';
import type { ListedFolder, WalkedFolder, WalkedTree } from './walk/walk-types.ts';
import type { WriteWholeInput, WriteWholeOutput } from './worker/write-whole.ts';

/** On their way to the workers, of all sinks together: 16 MiB at most. */
const SLOTS = { count: 64, slotBytes: 256 * 1024 };

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
  /** What is known better of some drives than the system tells. */
  readonly drives?: readonly DriveOverride[] | undefined;
  /** @default the queues of the whole process: a disk has one head, however many libraries are on it */
  readonly driveQueues?: DriveQueues | undefined;
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
  const waitingPool = createPool('io-sync', 1);
  const syncPool = workers === 'worker' ? createSyncPool(waitingPool) : waitingPool;
  const slots = createSlotPool(SLOTS);
  const hashPool = createPool('io-hash', MAX_READERS);
  const files = createLargeFiles({ pool, hashPool, syncPool, count: Math.floor(size / 2) });
  const { drives: overrides = [], driveQueues = processDriveQueues() } = options;
  const drives = createDrives({ ...systemPorts, fileSystem, overrides });
  const closing = new AbortController();
  const queue = createIoQueue({ drives, queues: driveQueues, overrides, closing: closing.signal });
  let nextHashId = 1;
  const openSinks = new Set<FileSink>();
  const openReads = new Set<() => Promise<void>>();
  const close = async (): Promise<void> => {
    const opened = [...[...openSinks].map((sink) => sink.abort()), ...[...openReads].map((end) => end())];
    await Promise.allSettled([...opened, files.stop()]);
    closing.abort(closedError());
    await Promise.all([pool.close(), hashPool.close(), syncPool.close()]);
  };

  return {
    fileSystem,
    hashFile<A extends HashAlgorithm>(path: string, hashing: HashFileOptions<A>) {
      const { algorithms, signal, onProgress, priority = 'import' } = hashing;
      const input = { path, algorithms, resolutionBase: base };
      return queue.inSlices<HashedFile<A>>(
        { paths: [path], priority, signal },
        {
          onProgress: asBytes(onProgress),
          run: async ({ gate, ...call }) =>
            (await files.hashFile({ ...input, gate }, { signal, ...call })) as HashedFile<A>,
          bytesOf: ({ sizeBytes }) => sizeBytes,
        },
      );
    },
    copyFile<A extends HashAlgorithm>(copying: CopyFileOptions<A>) {
      const { source, target, algorithms, mode = 0o644, signal, onProgress, priority = 'import' } = copying;
      const input = { path: source, target, algorithms, permissions: mode, resolutionBase: base };
      return queue.inSlices<CopiedFile<A>>(
        { paths: [source, target], priority, signal },
        {
          onProgress: asBytes(onProgress),
          run: async ({ gate, ...call }) =>
            (await files.copyFile({ ...input, gate }, { signal, ...call })) as CopiedFile<A>,
          bytesOf: ({ sizeBytes }) => sizeBytes,
        },
      );
    },
    copyPrefix({ source, target, sizeBytes, signal, priority = 'download' }) {
      const input = { path: source, target, sizeBytes, permissions: 0o644 };
      return queue.inSlices<void>(
        { paths: [source, target], priority, signal },
        {
          run: ({ gate, ...call }) => pool.run('copyPrefix', { ...input, gate }, { signal, ...call }),
          bytesOf: () => sizeBytes,
        },
      );
    },
    async openSink({ priority = 'download', ...sinkOptions }) {
      const queued = await queue.forFile(sinkOptions.path, priority);
      const threads = { pool: queued(pool), syncPool: queued(syncPool) };
      return openFileSink({ ...threads, slots, hashId: nextHashId++, resolutionBase: base, openSinks }, sinkOptions);
    },
    readPieces: (path, { startBytes, endBytes, signal, priority = 'download' }) =>
      readPieces({
        path,
        startBytes,
        endBytes,
        signal,
        pool: async () => (await queue.forFile(path, priority))(pool),
        open: openReads,
      }),
    writeWhole({ path, bytes, algorithms, mode = 0o644, signal, priority = 'download' }) {
      const input: WriteWholeInput = { path, bytes, algorithms, permissions: mode, resolutionBase: base };
      return queue.once<WriteWholeOutput>(
        { paths: [path], priority, signal },
        { run: () => pool.run('writeWhole', input, { signal }), bytesOf: ({ sizeBytes }) => sizeBytes },
      );
    },
    driveOf: (path, signal) => drives.driveOf(path, signal),
    checkPlace: (path, placeOptions) => checkPlace({ fileSystem, drives, ...systemPorts }, path, placeOptions),
    driveQueues: () => driveQueues,
    walkTree: ({ roots, leaveOut = [], extensions, besides, onFolders, signal }) =>
      pool.run<WalkedTree>(
        'walkTree',
        { roots, leaveOut, extensions, besides },
        { signal, onProgress: (folders) => onFolders(folders as readonly WalkedFolder[]) },
      ),
    linkTextsOf: (paths, signal) => pool.run<readonly (string | null)[]>('linkTextsOf', { paths }, { signal }),
    kindsOf: (paths, signal) => pool.run<readonly (FileKind | null)[]>('kindsOf', { paths }, { signal }),
    listFolders: (folders, { extensions, besides, signal }) =>
      pool.run<readonly ListedFolder[]>('listFolders', { folders, extensions, besides }, { signal }),
    freeBytes: (path) => freeBytesAt(fileSystem, path),
    blake3Kind: () => (base !== undefined && loadNativeBlake3(base) !== undefined ? 'native' : 'wasm'),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What the system tells of its drives. */
const systemPorts = { platform: process.platform, files: nodeSystemFiles, run: runCommand, clock: systemClock };

function closedError(): ModelkeepError {
  return new ModelkeepError('core.closed', { message: 'the file work was closed', facts: { resource: 'io' } });
}

async function loadTasks(bulkFileSystem: BulkFileSystem | undefined): Promise<Tasks> {
  const { createIoTasks } = await import('./worker/io-tasks.ts');
  const { nodeBulkFileSystem } = await import('./node/node-bulk-file-system.ts');
  return createIoTasks(bulkFileSystem ?? nodeBulkFileSystem);
}

function asBytes(onProgress: ((bytesDone: number) => void) | undefined): ((value: unknown) => void) | undefined {
  return onProgress === undefined ? undefined : (value) => onProgress(Number(value));
}
