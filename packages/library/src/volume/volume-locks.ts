import { join } from 'node:path';
import { isModelkeepError, type Logger } from '@modelkeep/core';
import { acquireLease, type FileSystem, type Io } from '@modelkeep/io';
import { setAside, type AcquireLockOptions, type Sqlite, type SqliteLock } from '@modelkeep/sqlite';

/** Which locks a volume uses: those of SQLite, or lease files where SQLite's cannot be relied on. */
export type LockKind = 'sqlite' | 'lease';

/** How long a lock is waited for. */
export type LockWait = AcquireLockOptions;

/** A lock of a library that is held. */
export interface VolumeLock {
  /** Makes sure that nobody else holds it at this moment. @throws `io.lease-lost` */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** @internal The locks of a volume, by name. */
export interface VolumeLocks {
  readonly kind: LockKind;
  /** @throws `sqlite.locked` or `io.lease-held` after `timeoutMs`, `signal.reason` */
  acquire(name: string, options?: AcquireLockOptions): Promise<VolumeLock>;
}

/** @internal What {@link openVolumeLocks} needs. */
export interface VolumeLocksOptions {
  readonly root: string;
  /** The folder of the locks. */
  readonly folder: string;
  /** @default lease files where the root is on a network file system, or was reached over one before */
  readonly kind?: LockKind | undefined;
  readonly io: Io;
  readonly sqlite: Sqlite;
  readonly logger: Logger;
}

/** @internal Chooses the locks of a volume, by the drive that it is on. */
export async function openVolumeLocks(options: VolumeLocksOptions): Promise<VolumeLocks> {
  const { root, folder, io, sqlite, logger } = options;
  const needsLeases = async (): Promise<boolean> =>
    (await isOnNetwork(io, root)) || (await hasLeases(io.fileSystem, folder));
  const kind = options.kind ?? ((await needsLeases()) ? 'lease' : 'sqlite');
  if (kind === 'lease') return leaseLocks(io.fileSystem, folder);
  return { kind, acquire: (name, wait) => acquireSqliteLock({ sqlite, logger }, join(folder, `${name}.db`), wait) };
}

async function isOnNetwork(io: Io, root: string): Promise<boolean> {
  return (await io.driveOf(root)).kind === 'network';
}

/** Who has the drive in its own machine takes the locks of those who reach it over the network, or they would not meet. */
async function hasLeases(fileSystem: FileSystem, folder: string): Promise<boolean> {
  try {
    return (await fileSystem.readdir(folder)).some(({ name }) => name.endsWith('.lease'));
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
}

function leaseLocks(fileSystem: FileSystem, folder: string): VolumeLocks {
  return {
    kind: 'lease',
    acquire: (name, wait) => acquireLease({ fileSystem, path: join(folder, `${name}.lease`), ...wait }),
  };
}

/** The system keeps such a lock for as long as its process lives. Nobody can hold one in a damaged file, and it holds nothing else. */
async function acquireSqliteLock(
  { sqlite, logger }: { readonly sqlite: Sqlite; readonly logger: Logger },
  path: string,
  wait: AcquireLockOptions = {},
): Promise<VolumeLock> {
  let lock: SqliteLock;
  try {
    lock = await sqlite.acquireLock(path, wait);
  } catch (error) {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    logger.warn('a damaged lock file is set aside', { path });
    await setAside(path);
    lock = await sqlite.acquireLock(path, wait);
  }
  return { check: () => Promise.resolve(), release: () => lock.release() };
}
