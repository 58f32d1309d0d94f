import { dirname, join } from 'node:path';
import { isModelkeepError, type Clock, type Logger } from '@modelkeep/core';
import { createSqliteServers, serversMigrations, type Servers } from '@modelkeep/fleet';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { setAside, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { openForReading } from '../workspace/open-for-reading.ts';

/** @internal The store of this machine, opened when it is first needed. */
export interface OwnServers {
  /** @throws `library.read-only` where nothing may be written */
  open(): Promise<Servers>;
  /** Whether there ever was one; false makes none. */
  isInUse(): Promise<boolean>;
  close(): Promise<void>;
}

/** @internal */
export interface OwnServersOptions {
  readonly store: Pick<LibraryStore, 'stateFile' | 'root' | 'libraryId'>;
  readonly sqlite: Sqlite;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal */
export function openOwnServers({ store, sqlite, fileSystem, clock, logger }: OwnServersOptions): OwnServers {
  const path = store.stateFile === null ? null : join(dirname(store.stateFile), 'servers.db');
  let opening: Promise<SqliteDatabase> | undefined;
  const openFile = async (): Promise<SqliteDatabase> => {
    if (path === null) throw openForReading(store.root, 'servers cannot be managed');
    const options = { path, migrations: [serversMigrations] };
    try {
      return await sqlite.open(options);
    } catch (error) {
      if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
      const aside = await setAside(path);
      logger.warn('what was known of servers was damaged: they are to tell it again', { aside });
      return sqlite.open(options);
    }
  };
  return {
    async open() {
      opening ??= openFile().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return createSqliteServers({ database: await opening, clock });
    },
    isInUse: async () => path !== null && (opening !== undefined || (await isThere(fileSystem, path))),
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

async function isThere(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.stat(path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
