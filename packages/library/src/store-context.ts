import { isModelkeepError, type Clock, type Logger, type ModelRecord, type VolumeFile } from '@modelkeep/core';
import type { Identifier } from '@modelkeep/formats';
import type { FileSystem, Io } from '@modelkeep/io';
import type { LibraryIndex } from '@modelkeep/library-index';
import type { Sqlite } from '@modelkeep/sqlite';
import type { FolderSync } from './blobs/folder-sync.ts';
import type { StateDatabase } from './state/state-database.ts';
import type { VolumeLayout } from './volume/layout.ts';
import type { VolumeLock, VolumeLocks } from './volume/volume-locks.ts';

/** @internal The volumes of a library, for what looks at all of them. */
export interface Volumes {
  /** Those that are here; the first one is the library's folder. */
  online(): readonly StoreContext[];
  /** That of a model. @throws `library.volume-offline` */
  homeOf(model: Pick<ModelRecord, 'place'>): StoreContext;
  /** The ids of those that are not. */
  offline(): ReadonlySet<string>;
}

/** @internal What every part of an open store works with, on one volume. */
export interface StoreContext {
  readonly layout: VolumeLayout;
  /** What the records of its models carry; undefined on the first volume. */
  readonly volumeMark?: string | undefined;
  /** Undefined where there is only this one. */
  readonly volumes?: Volumes | undefined;
  /** What the volume said of itself when it was opened. */
  readonly volume: VolumeFile;
  /** What is known of this machine only. */
  readonly state: StateDatabase;
  readonly fileSystem: FileSystem;
  readonly io: Io;
  readonly syncFolder: FolderSync;
  readonly identifier: Identifier;
  readonly sqlite: Sqlite;
  readonly locks: VolumeLocks;
  readonly index: LibraryIndex;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal Whether a model of the index is on this volume, and the library's own. */
export function isHere({ volumeMark }: StoreContext, { place }: Pick<ModelRecord, 'place'>): boolean {
  return place.kind === 'library' && place.volumeId === volumeMark;
}

/** @internal ISO 8601 of the store's clock. */
export function timestamp(context: StoreContext): string {
  return new Date(context.clock.now()).toISOString();
}

/**
 * @internal Runs `work` while this process alone holds the named lock of the volume.
 *
 * @throws `io.lease-lost` when the lock was one that can be lost, and was: what `work` did is done
 */
export async function withLock<T>(
  context: StoreContext,
  name: string,
  work: (lock: VolumeLock) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = await context.locks.acquire(name, { signal });
  try {
    const result = await work(lock);
    await lock.check();
    return result;
  } finally {
    await lock.release();
  }
}

/** @internal Like {@link withLock}, but does nothing while somebody else has the lock. */
export async function withFreeLock(context: StoreContext, name: string, work: () => Promise<void>): Promise<void> {
  let lock: VolumeLock;
  try {
    lock = await context.locks.acquire(name, { timeoutMs: 0 });
  } catch (error) {
    if (isModelkeepError(error, 'sqlite.locked') || isModelkeepError(error, 'io.lease-held')) return;
    throw error;
  }
  try {
    await work();
    await lock.check();
  } finally {
    await lock.release();
  }
}
