import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';

/** What is removed is a little more than has to be, so that not each write removes something. */
const TRIM_TO_SHARE = 0.9;
/** A small file takes a block of the drive. */
const BLOCK_BYTES = 4_096;
/** A temp file this old was left by a process that died. */
const LEFTOVER_AFTER_MS = 3_600_000;

const ENTRY = /^[0-9a-f]{64}\.cache$/;
const LEFTOVER = /^\.[0-9a-f]{16}\.tmp$/;

/** @internal What {@link trimFolder} trims. */
export interface TrimFolderOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/**
 * @internal Removes the oldest entries of a cache folder until they fit, and what processes that died have left. Files
 * that are not of the cache stay. Another process may do the same at the same time.
 */
export async function trimFolder(fileSystem: FileSystem, options: TrimFolderOptions): Promise<void> {
  const { maxBytes, signal } = options;
  const files = await filesOf(fileSystem, options);
  const entries = files.filter(({ name }) => ENTRY.test(name)).sort((a, b) => a.mtimeMs - b.mtimeMs);
  const leftovers = files.filter(
    ({ name, mtimeMs }) => LEFTOVER.test(name) && Date.now() - mtimeMs > LEFTOVER_AFTER_MS,
  );
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const goalBytes = bytes > maxBytes ? maxBytes * TRIM_TO_SHARE : bytes;
  const doomed = [...leftovers];
  for (const entry of entries) {
    if (bytes <= goalBytes) break;
    doomed.push(entry);
    bytes -= entry.bytes;
  }
  for (const { path } of doomed) {
    signal?.throwIfAborted();
    await unlessGone(fileSystem.unlink(path));
  }
}

async function filesOf(fileSystem: FileSystem, { folder, signal }: TrimFolderOptions): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const { name, kind } of await fileSystem.readdir(folder)) {
    signal?.throwIfAborted();
    if (kind !== 'file' || !(ENTRY.test(name) || LEFTOVER.test(name))) continue;
    const path = join(folder, name);
    const status = await unlessGone(fileSystem.lstat(path));
    if (status === undefined) continue;
    const bytes = Math.ceil(status.sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
    found.push({ name, path, bytes, mtimeMs: status.mtimeMs });
  }
  return found;
}

/** Another process may have removed it meanwhile. */
async function unlessGone<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw error;
  }
}
