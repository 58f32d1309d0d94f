import { isModelkeepError, type Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { mapperMigrations, type Mapper } from '@modelkeep/mapper';
import { setAside, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { mapperOf } from '../link/plan-links.ts';

/** @internal */
export interface OpenMapperOptions {
  readonly store: LibraryStore;
  readonly sqlite: Sqlite;
  readonly io: Io;
  readonly translationFolder: string | undefined;
  readonly logger: Logger;
}

/** @internal What links to what is machine-local state: without a place to write it there are no links to manage. */
export async function openMapper({
  store,
  sqlite,
  io,
  translationFolder,
  logger,
}: OpenMapperOptions): Promise<Mapper | null> {
  const path = store.stateFile;
  if (path === null) return null;
  const open = (): Promise<SqliteDatabase> =>
    sqlite.open({ path, migrations: [mapperMigrations], synchronous: 'full' });
  const registry = await open().catch(async (error: unknown) => {
    if (!isModelkeepError(error, 'sqlite.corrupt')) throw error;
    const aside = await setAside(path);
    logger.warn('the record of links into apps was damaged: links that are there are no longer known as ours', {
      aside,
    });
    return open();
  });
  return mapperOf({ store, registry, io, translationFolder });
}
