import { dirname } from 'node:path';
import { isModelkeepError, ModelkeepError, type FileStamp, type Progress } from '@modelkeep/core';
import type { FileStatus } from '@modelkeep/io';
import type { KnownFile, ReadFile, ScanState } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import { forEach } from '../tasks/for-each.ts';
import { MAX_HASH_BYTES } from './scan-rules.ts';
import type { GrowingReport } from './scan-report.ts';

/** Several reads of one drive at once slow each other down; two keep both hash threads busy. */
const HASHES_AT_ONCE = 2;
/** Rows are written together, but none waits longer than this for others. */
const SAVE_EVERY_MS = 500;
const SAVE_EVERY_ROWS = 64;
/** Systems stamp files with a clock that ticks this slowly: a file that was written in this tick may be written again. */
const CLOCK_TICK_MS = 50;

/** @internal A file whose content is wanted. */
export interface WantedHash extends FileStamp {
  /** Absolute, without links. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Content that another tool says it has, and that is to be believed. */
  readonly trustedSha256?: string | undefined;
}

/** @internal How {@link hashFound} hashes. */
export interface HashFoundOptions {
  readonly state: ScanState;
  readonly report: GrowingReport;
  /** @default 15 GB */
  readonly maxHashBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((change: Partial<Progress>) => void) | undefined;
}

/**
 * @internal Finds out the content of files: from what was read before where size, mtime and inode are the same, else by
 * reading. Each hash is kept as soon as it is known, so that a scan that ends half-way is gone on with. A file that cannot
 * be read is an error of the report and has no entry in the answer.
 *
 * @param known - what is known of these paths
 */
export async function hashFound(
  context: StoreContext,
  files: readonly WantedHash[],
  known: ReadonlyMap<string, KnownFile>,
  options: HashFoundOptions,
): Promise<Map<string, KnownFile>> {
  const { state, report, maxHashBytes = MAX_HASH_BYTES, signal, onProgress } = options;
  const found = new Map<string, KnownFile>();
  const unsaved = createSaver(context, state);
  const take = async (file: WantedHash, sha256: string, tensorSample?: string | null): Promise<void> => {
    const { path, sizeBytes, mtimeMs, device, inode } = file;
    const row = { path, folder: dirname(path), sizeBytes, mtimeMs, device, inode, sha256 };
    found.set(path, { ...row, adoptedSha256: known.get(path)?.adoptedSha256 ?? null });
    await unsaved.add({ ...row, tensorSample });
  };

  const isKnown = (file: WantedHash): boolean => {
    const row = known.get(file.path);
    return row !== undefined && isSameStamp(row, file);
  };
  const unknown = files.filter((file) => !isKnown(file)).map(({ inode }) => inode);
  const twins = Map.groupBy(await state.byInodes(unknown), ({ inode }) => inode);
  const toRead: WantedHash[] = [];
  for (const file of files) {
    const row = known.get(file.path);
    if (row !== undefined && isSameStamp(row, file)) {
      if (row.device === file.device) found.set(file.path, row);
      else await take(file, row.sha256);
      if (row.adoptedSha256 === null) report.hashesReused += 1;
      continue;
    }
    const twin = twins.get(file.inode)?.find((one) => isSameStamp(one, file) && one.device === file.device);
    if (twin !== undefined) {
      report.hashesReused += 1;
      await take(file, twin.sha256);
    } else if (file.trustedSha256 !== undefined) {
      await take(file, file.trustedSha256);
    } else if (file.sizeBytes > maxHashBytes) {
      report.hashesSkipped.push({ path: file.path, sizeBytes: file.sizeBytes });
    } else {
      toRead.push(file);
    }
  }

  const progress = createHashProgress(context, toRead, onProgress);
  const read = async (file: WantedHash): Promise<void> => {
    try {
      await rest(context, file, signal);
      const { digests, sizeBytes } = await context.io.hashFile(file.path, {
        algorithms: ['sha256', 'tensor-sample'],
        signal,
        onProgress: (bytes) => progress.bytes(file, bytes),
      });
      await requireUnchanged(context, file);
      report.hashesComputed += 1;
      report.bytesHashed += sizeBytes;
      await take(file, digests.sha256, digests['tensor-sample']);
    } catch (error) {
      if (!isFileError(error, file.path)) throw error;
      report.errors.push({ path: file.path, code: error.code, message: error.message });
    } finally {
      progress.done(file);
    }
  };
  try {
    await forEach(toRead, read, { atOnce: HASHES_AT_ONCE, signal });
  } finally {
    await unsaved.flush();
  }
  return found;
}

/** @internal Whether an error says something of this file only: the others can still be read. */
export function isFileError(error: unknown, path: string): error is Error & { readonly code: string } {
  const isOne =
    isModelkeepError(error, 'io.permission') ||
    isModelkeepError(error, 'io.not-found') ||
    isModelkeepError(error, 'io.failed') ||
    isModelkeepError(error, 'io.changed-while-read');
  return isOne && error.facts.path === path;
}

function isSameStamp(one: FileStamp & { sizeBytes: number }, other: FileStamp & { sizeBytes: number }): boolean {
  return one.sizeBytes === other.sizeBytes && isSameTime(one.mtimeMs, other.mtimeMs) && one.inode === other.inode;
}

/** The system's nanoseconds are rounded in more than one way. */
function isSameTime(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.001;
}

async function rest(context: StoreContext, { mtimeMs }: FileStamp, signal?: AbortSignal): Promise<void> {
  const sinceMs = context.clock.now() - mtimeMs;
  if (sinceMs >= 0 && sinceMs < CLOCK_TICK_MS) await context.clock.sleep(CLOCK_TICK_MS - sinceMs, signal);
}

/** The walk looked at the file earlier: what was read has to be what it saw. */
async function requireUnchanged(context: StoreContext, file: WantedHash): Promise<void> {
  const status: FileStatus = await context.fileSystem.stat(file.path);
  const isSame = status.sizeBytes === file.sizeBytes && isSameTime(status.mtimeMs, file.mtimeMs);
  if (isSame) return;
  throw new ModelkeepError('io.changed-while-read', {
    message: `${file.path} was changed while the folder was scanned`,
    facts: { path: file.path },
    hint: 'the next scan reads it',
  });
}

interface Saver {
  add(row: ReadFile): Promise<void>;
  flush(): Promise<void>;
}

function createSaver(context: StoreContext, state: ScanState): Saver {
  let rows: ReadFile[] = [];
  let savedAtMs = context.clock.monotonicMs();
  const flush = async (): Promise<void> => {
    const saving = rows;
    rows = [];
    savedAtMs = context.clock.monotonicMs();
    await state.saveFiles(saving);
  };
  return {
    async add(row) {
      rows.push(row);
      if (rows.length >= SAVE_EVERY_ROWS || context.clock.monotonicMs() - savedAtMs >= SAVE_EVERY_MS) await flush();
    },
    flush,
  };
}

function createHashProgress(
  context: StoreContext,
  files: readonly WantedHash[],
  onProgress: ((change: Partial<Progress>) => void) | undefined,
): { bytes(file: WantedHash, done: number): void; done(file: WantedHash): void } {
  const bytesTotal = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const startedAtMs = context.clock.monotonicMs();
  const running = new Map<string, number>();
  let ended = 0;
  let filesDone = 0;
  const tell = (file: string): void => {
    const bytesDone = Math.min(
      bytesTotal,
      [...running.values()].reduce((sum, bytes) => sum + bytes, ended),
    );
    const elapsedMs = context.clock.monotonicMs() - startedAtMs;
    const bytesPerSecond = elapsedMs > 0 ? (bytesDone / elapsedMs) * 1_000 : 0;
    onProgress?.({
      phase: 'hashing',
      file,
      filesDone,
      filesTotal: files.length,
      bytesDone,
      bytesTotal,
      bytesPerSecond,
      etaMs: bytesPerSecond > 0 ? ((bytesTotal - bytesDone) / bytesPerSecond) * 1_000 : null,
      fraction: bytesTotal === 0 ? 1 : bytesDone / bytesTotal,
    });
  };
  return {
    bytes: ({ path }, done) => {
      running.set(path, done);
      tell(path);
    },
    done: ({ path, sizeBytes }) => {
      running.delete(path);
      ended += sizeBytes;
      filesDone += 1;
      tell(path);
    },
  };
}
