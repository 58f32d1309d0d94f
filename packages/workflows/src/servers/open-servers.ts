import { dirname, join } from 'node:path';
import type { Clock, Logger } from '@modelkeep/core';
import { createSqliteServers, serversMigrations, type Servers } from '@modelkeep/fleet';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { openReplaceable, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { openForReading } from '../workspace/open-for-reading.ts';

/** @internal The store of this machine, opened when it is first needed. */
export interface OwnServers {
  /** @throws `library.read-only` where nothing may be written */
  open(): Promise<Servers>;
  /** Opens it again: a call has met damage, or another process has put another file in its place. */
  renew(met: Servers): Promise<void>;
  /** Whether there ever was one; false makes none. */
  isInUse(): Promise<boolean>;
  close(): Promise<void>;
}

interface Opened {
  readonly database: SqliteDatabase;
  readonly servers: Servers;
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
  let opening: Promise<Opened> | undefined;
  const openFile = async (thorough: boolean): Promise<Opened> => {
    if (path === null) throw openForReading(store.root, 'servers cannot be managed');
    const database = await openReplaceable({
      sqlite,
      path,
      migrations: [serversMigrations],
      clock,
      thorough,
      onSetAside: (aside) => logger.warn('what was known of servers was damaged: they are to tell it again', { aside }),
    });
    return { database, servers: createSqliteServers({ database, clock }) };
  };
  const opened = (thorough = false): Promise<Opened> => {
    const now = (opening ??= openFile(thorough));
    now.catch(() => {
      if (opening === now) opening = undefined;
    });
    return now;
  };
  return {
    open: async () => (await opened()).servers,
    async renew(met) {
      const now = opened();
      const { servers, database } = await now;
      if (servers !== met) return;
      // Another call has met the same, and may have begun while this one waited.
      if (opening === now) opening = database.close().then(() => openFile(true));
      await opened();
    },
    isInUse: async () => path !== null && (opening !== undefined || (await isThere(fileSystem, path))),
    async close() {
      await (await opening?.catch(() => undefined))?.database.close();
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
