import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ModelkeepError, type Clock } from '@modelkeep/core';
import { bytesSource, createIdentifier, type Identifier } from '@modelkeep/formats';
import {
  createIo,
  encodeProcessIdentity,
  processIdentity,
  writeFileAtomic,
  type BulkFileSystem,
  type FileSystem,
} from '@modelkeep/io';
import { createSqlite, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { openLibraryStore, type LibraryStore } from '../open-library-store.ts';

/** Where libraries are on the drives of the model. */
export const ROOT = '/library';

/** The two halves of a file system. */
export interface Drive {
  readonly fileSystem: FileSystem;
  readonly bulkFileSystem: BulkFileSystem;
}

/** Opens libraries that are on drives of the model. */
export interface ModelStores extends AsyncDisposable {
  /**
   * @param index - names the real folder that has the index and the locks: SQLite is trusted, and cannot run on the model
   */
  open(drive: Drive, options?: { readonly index?: string; readonly clock?: Clock }): Promise<LibraryStore>;
}

interface Shared {
  /** They stay open: a thousand libraries are opened one after the other, with the index of the one before. */
  readonly databases: Map<string, SqliteDatabase>;
  readonly locks: Map<string, Promise<void>>;
}

/** The index in a real folder, under the name that the drive of the model has; the locks among the stores of one test. */
function shadowed(sqlite: Sqlite, shadow: string, { databases, locks }: Shared): Sqlite {
  return {
    ...sqlite,
    async open(options) {
      const path = join(shadow, options.path);
      const known = databases.get(path);
      if (known !== undefined) return known;
      await mkdir(dirname(path), { recursive: true });
      const database = await sqlite.open({ ...options, path });
      const kept: SqliteDatabase = { ...database, close: async () => {} };
      databases.set(path, kept);
      return kept;
    },
    async acquireLock(path, { timeoutMs } = {}) {
      const key = join(shadow, path);
      while (locks.has(key)) {
        if (timeoutMs === 0) {
          throw new ModelkeepError('sqlite.locked', { message: 'locked', facts: { path, waitedMs: 0 } });
        }
        await locks.get(key);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      locks.set(key, promise);
      const release = async (): Promise<void> => {
        if (locks.get(key) === promise) locks.delete(key);
        resolve();
      };
      return { release, [Symbol.asyncDispose]: release };
    },
  };
}

/** Memory where the system has some as a folder: the index is rebuilt thousands of times, and nobody tests its fsyncs. */
async function quickFolder(): Promise<string> {
  const prefix = 'modelkeep-model-';
  return mkdtemp(join('/dev/shm', prefix)).catch(() => mkdtemp(join(tmpdir(), prefix)));
}

/** Reads the headers of files that only the model has. */
function identifierOn({ fileSystem }: Drive, identifier: Identifier): Identifier {
  return {
    ...identifier,
    async identifyFiles(paths, options) {
      const contents: Uint8Array[] = [];
      for (const path of paths) contents.push(await fileSystem.readFile(path, { maxBytes: 1e9 }));
      return identifier.identifySources(
        contents.map((bytes) => bytesSource(bytes)),
        { ...options, paths },
      );
    },
  };
}

/** @returns what opens libraries; disposing of it removes what SQLite wrote */
export async function createModelStores(): Promise<ModelStores> {
  const folder = await quickFolder();
  const shared: Shared = { databases: new Map(), locks: new Map() };
  const sqlite = createSqlite({ mode: 'in-thread' });
  const identifier = createIdentifier({ mode: 'in-thread' });
  return {
    async open(drive, { index = 'index', clock } = {}) {
      const io = createIo({ workers: 'in-thread', ...drive });
      const store = await openLibraryStore({
        root: ROOT,
        io,
        sqlite: shadowed(sqlite, join(folder, index), shared),
        identifier: identifierOn(drive, identifier),
        clock,
      });
      const close = async (): Promise<void> => {
        await store.close();
        await io.close();
      };
      return { ...store, close, [Symbol.asyncDispose]: close };
    },
    async [Symbol.asyncDispose]() {
      await identifier.close();
      await sqlite.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the transactions of this process look as if it had died. */
export async function declareDeadOn({ fileSystem }: Drive, root: string = ROOT): Promise<void> {
  const folder = `${root}/.modelkeep/txn`;
  const owner = encodeProcessIdentity({ ...processIdentity(), instanceId: '00000000dead', startTime: 1 });
  for (const { name } of await fileSystem.readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json') || name.startsWith('.')) continue;
    const path = `${folder}/${name}`;
    const text = Buffer.from(await fileSystem.readFile(path, { maxBytes: 1e6 })).toString();
    const data = JSON.stringify({ ...(JSON.parse(text) as object), owner });
    await writeFileAtomic(fileSystem, { path, data });
  }
}
