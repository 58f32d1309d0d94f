import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock, type Logger } from '@modelkeep/core';
import { createIdentifier } from '@modelkeep/formats';
import {
  createIo,
  encodeProcessIdentity,
  processIdentity,
  type BulkFileSystem,
  type DriveOverride,
  type FileSystem,
  type ProcessIdentity,
} from '@modelkeep/io';
import { createSqlite } from '@modelkeep/sqlite';
import { openLibraryStore, type LibraryStore } from './open-library-store.ts';

/** A temp folder that goes when the test ends. */
export async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-library-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** How a store is opened for a test. */
export interface TestStoreOptions {
  readonly root: string;
  readonly mode?: 'read' | 'write' | undefined;
  readonly create?: boolean;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly machineId?: string | undefined;
  readonly stateDir?: string;
  readonly fallbackStateDir?: string;
  readonly drives?: readonly DriveOverride[];
  readonly bulkFileSystem?: BulkFileSystem;
}

/** The clock of the system, but so many hours later. */
export function laterBy(hours: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + hours * 3_600_000 };
}

/** A store with its parts on the calling thread; closing it closes them. */
export async function openTestStore(options: TestStoreOptions): Promise<LibraryStore> {
  await using parts = new AsyncDisposableStack();
  const io = parts.use(
    createIo({
      workers: 'in-thread',
      fileSystem: options.fileSystem,
      bulkFileSystem: options.bulkFileSystem,
      drives: options.drives,
    }),
  );
  const sqlite = parts.use(createSqlite({ mode: 'in-thread' }));
  const identifier = createIdentifier({ mode: 'in-thread' });
  parts.defer(() => identifier.close());
  const store = parts.use(await openLibraryStore({ ...options, io, sqlite, identifier }));
  const owned = parts.move();
  const close = (): Promise<void> => owned.disposeAsync();
  return { ...store, close, [Symbol.asyncDispose]: close };
}

/** Makes the transactions of this process look as if it had died: what a test cannot really do and go on. */
export async function declareDead(
  root: string,
  owner: ProcessIdentity = { ...processIdentity(), instanceId: '00000000dead', startTime: 1 },
): Promise<void> {
  const folder = join(root, '.modelkeep', 'txn');
  const dead = encodeProcessIdentity(owner);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json') || name.startsWith('.')) continue;
    const record = JSON.parse(await readFile(join(folder, name), 'utf8')) as { owner: string | null };
    await writeFile(join(folder, name), JSON.stringify({ ...record, owner: dead }));
  }
}
