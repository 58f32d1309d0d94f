import { join } from 'node:path';
import { isModelkeepError, type Clock, type Logger } from '@modelkeep/core';
import type { Identifier } from '@modelkeep/formats';
import type { FileSystem, Io } from '@modelkeep/io';
import type { LibraryIndex } from '@modelkeep/library-index';
import { setAside, type Sqlite, type SqliteLock } from '@modelkeep/sqlite';
import type { FolderSync } from './blobs/folder-sync.ts';
import type { StateDatabase } from './state/state-database.ts';
import type { VolumeLayout } from './volume/layout.ts';

/** @internal What every part of an open store works with. */
export interface StoreContext {
  readonly layout: VolumeLayout;
  readonly volumeId: string;
  /** What is known of this machine only. */
  readonly state: StateDatabase;
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
  const lock = await acquireLock(context, join(context.layout.locks, `${name}.db`), signal);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Nobody can hold a lock in a damaged file, and it holds nothing else. */
async function acquireLock(context: StoreContext, path: string, signal?: AbortSignal): Promise<SqliteLock> {
  try {
    return await context.sqlite.acquireLock(path, { signal });
  } catch (error) {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    context.logger.warn('a damaged lock file is set aside', { path });
    await setAside(path);
    return context.sqlite.acquireLock(path, { signal });
  }
}
