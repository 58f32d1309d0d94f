import { dirname, join } from 'node:path';
import { isModelkeepError, ModelkeepError, type Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { mapperMigrations, type Mapper, type MapperOptions, type RegistryDatabase } from '@modelkeep/mapper';
import { openReplaceable, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { mapperOf } from '../link/plan-links.ts';
import type { RecordedLinks } from '../link/recorded-links.ts';

/** @internal */
export interface OpenMapperOptions {
  readonly store: LibraryStore;
  readonly sqlite: Sqlite;
  readonly io: Io;
  readonly translationFolder: string | undefined;
  readonly logger: Logger;
}

/** Beside the state database: whoever changes links or config files of apps holds it. */
const LOCK = 'links.lock';

/** @internal Who makes links, and who knows of them. */
export interface OpenedMapper {
  /** What links to what is machine-local state: null without a place to write it. */
  readonly mapper: Mapper | null;
  /** What this library or another process has recorded. */
  readonly links: RecordedLinks;
}

/** @internal Opens the record of links, and finishes what a process that died had begun. */
export async function openMapper(options: OpenMapperOptions): Promise<OpenedMapper> {
  const { store, sqlite, io, translationFolder, logger } = options;
  const path = store.stateFile;
  if (path === null) {
    const registry = readOnlyRegistry(sqlite, store.layout.stateFile);
    return { mapper: null, links: mapperOf({ store, registry, io, translationFolder }) };
  }
  const registry = await openReplaceable({
    sqlite,
    path,
    migrations: [mapperMigrations],
    synchronous: 'full',
    onSetAside(aside) {
      const message = 'the record of links into apps was damaged: links that are there are no longer known as ours';
      logger.warn(message, { aside });
    },
  });
  const exclusively: MapperOptions['exclusively'] = async (work) => {
    const lock = await sqlite.acquireLock(join(dirname(path), LOCK));
    try {
      return await work();
    } finally {
      await lock.release();
    }
  };
  const mapper = mapperOf({ store, registry, io, translationFolder, exclusively });
  await mapper.recover();
  return { mapper, links: mapper };
}

/** Opened when it is first asked, since another process may make the file later: until then there are no links. */
function readOnlyRegistry(sqlite: Sqlite, path: string): RegistryDatabase {
  let opening: Promise<SqliteDatabase | null> | undefined;
  const open = async (): Promise<SqliteDatabase | null> => {
    try {
      return await sqlite.open({ path, migrations: [mapperMigrations], readOnly: true });
    } catch (error) {
      opening = undefined;
      if (isModelkeepError(error, 'io.not-found')) return null;
      throw error;
    }
  };
  return {
    async all(sql, params, call) {
      const database = await (opening ??= open());
      return database === null ? [] : database.all(sql, params, call);
    },
    async transaction() {
      throw new ModelkeepError('io.read-only', { message: `${path} is open for reading only`, facts: { path } });
    },
  };
}
