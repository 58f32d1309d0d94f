import { join } from 'node:path';
import { isModelkeepError, type Clock, type Logger, type VolumeFile } from '@modelkeep/core';
import type { Identifier } from '@modelkeep/formats';
import type { FileSystem, Io } from '@modelkeep/io';
import type { LibraryIndex } from '@modelkeep/library-index';
import { setAside, type AcquireLockOptions, type Sqlite, type SqliteLock } from '@modelkeep/sqlite';
import type { FolderSync } from './blobs/folder-sync.ts';
import type { VolumeLayout } from './volume/layout.ts';

/** @internal What every part of an open store works with. */
export interface StoreContext {
  readonly layout: VolumeLayout;
  /** What the volume said of itself when it was opened. */
  readonly volume: VolumeFile;
  readonly fileSystem: FileSystem;
  readonly io: Io;
  readonly syncFolder: FolderSync;
  readonly identifier: Identifier;
  readonly sqlite: Sqlite;
  readonly index: LibraryIndex;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal ISO 8601 of the store's clock. */
export function timestamp(context: StoreContext): string {
  return new Date(context.clock.now()).toISOString();
}

/** @internal Runs `work` while this process alone holds the named lock of the volume. */
export async function withLock<T>(
  context: StoreContext,
  name: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = await acquireLock(context, name, { signal });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** @internal Like {@link withLock}, but does nothing while somebody else has the lock. */
export async function withFreeLock(context: StoreContext, name: string, work: () => Promise<void>): Promise<void> {
  let lock: SqliteLock;
  try {
    lock = await acquireLock(context, name, { timeoutMs: 0 });
  } catch (error) {
    if (isModelkeepError(error, 'sqlite.locked')) return;
    throw error;
  }
  try {
    await work();
  } finally {
    await lock.release();
  }
}

/** Nobody can hold a lock in a damaged file, and it holds nothing else. */
async function acquireLock(context: StoreContext, name: string, options: AcquireLockOptions): Promise<SqliteLock> {
  const path = join(context.layout.locks, `${name}.db`);
  try {
    return await context.sqlite.acquireLock(path, options);
  } catch (error) {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    context.logger.warn('a damaged lock file is set aside', { path });
    await setAside(path);
    return context.sqlite.acquireLock(path, options);
  }
}
