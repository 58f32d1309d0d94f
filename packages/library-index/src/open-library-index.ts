import { silentLogger, systemClock, type Clock, type Logger } from '@modelkeep/core';
import { createSqlite, type Sqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import type { LibraryIndex } from './library-index.ts';
import { openIndexDatabase } from './open-database.ts';
import { countFacetsOf } from './query/facets.ts';
import { searchModels } from './query/search.ts';
import { checkIndex } from './read/check-index.ts';
import { changesSince } from './read/changes-since.ts';
import { findByFileHash } from './read/find-by-file-hash.ts';
import { findFilesByHash } from './read/find-files-by-hash.ts';
import { getByFormerId, getById, getByIdPrefix, getByName, getBySlug, getRevisions } from './read/get.ts';
import { hasFileOfSize } from './read/has-file-of-size.ts';
import { listModels } from './read/list.ts';
import { watchFile } from './read/replaced-file.ts';
import { readStats } from './read/stats.ts';
import { watchChanges } from './read/watch-changes.ts';
import { removeModels } from './write/remove.ts';
import { replaceAllModels } from './write/replace-all.ts';
import { upsertModels } from './write/upsert.ts';

/** Which index is opened, and with what. */
export interface OpenLibraryIndexOptions {
  /** Absolute. Its name should carry `indexSchemaVersion`. Created unless `readOnly`; the folder has to be there. */
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean | undefined;
  /** The worker threads to use; one's own otherwise, which end with the index. */
  readonly sqlite?: Sqlite | undefined;
  /** `rollback` on network file systems. @default 'auto' */
  readonly journal?: 'auto' | 'rollback' | undefined;
  /** For the times in the change log. */
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens (or creates) the index of a library. A damaged file is set aside and an empty index takes its place; see
 * `needsRebuild`.
 *
 * @throws `sqlite.unsupported` without FTS5, `sqlite.schema-newer`, `sqlite.locked`, `io.not-found`, `io.permission`,
 * `io.read-only`, `io.disk-full`; read-only: `sqlite.corrupt`, `sqlite.schema-older`
 *
 * @example
 * ```ts
 * import type { ModelRecord } from '@modelkeep/core';
 * import { indexSchemaVersion, openLibraryIndex } from '@modelkeep/library-index';
 *
 * declare function readMetadata(): AsyncIterable<ModelRecord>;
 *
 * await using index = await openLibraryIndex({ path: `/data/models/models.v${indexSchemaVersion}.db` });
 * if (index.needsRebuild) await index.replaceAll(readMetadata());
 * const { hits } = await index.search('flux lora', { limit: 10 });
 * ```
 */
export async function openLibraryIndex(options: OpenLibraryIndexOptions): Promise<LibraryIndex> {
  const { path, readOnly = false, clock = systemClock, logger = silentLogger, signal, journal } = options;
  const sqlite = options.sqlite ?? createSqlite({ logger });
  const closeOwn = async (): Promise<void> => (options.sqlite === undefined ? sqlite.close() : undefined);
  try {
    const opened = await openIndexDatabase({ sqlite, path, readOnly, journal, logger, signal });
    return createLibraryIndex(opened.database, {
      isReplaced: await watchFile(path),
      setAside: opened.setAside,
      needsRebuild: !readOnly && !opened.rebuilt,
      at: () => new Date(clock.now()).toISOString(),
      closeOwn,
    });
  } catch (error) {
    await closeOwn();
    throw error;
  }
}

interface IndexState {
  readonly isReplaced: () => Promise<boolean>;
  readonly setAside: string | null;
  readonly needsRebuild: boolean;
  readonly at: () => string;
  readonly closeOwn: () => Promise<void>;
}

function createLibraryIndex(database: SqliteDatabase, { at, closeOwn, ...state }: IndexState): LibraryIndex {
  let { needsRebuild } = state;
  let rebuilding: Promise<unknown> = Promise.resolve();
  const close = async (): Promise<void> => {
    await database.close();
    await closeOwn();
  };
  return {
    path: database.path,
    get needsRebuild() {
      return needsRebuild;
    },
    setAside: state.setAside,
    possiblyStale: database.possiblyStale,
    upsert: (records, options) => upsertModels(database, records, { ...options, at }),
    remove: (ids, options) => removeModels(database, ids, { ...options, at }),
    replaceAll(records, options) {
      const result = rebuilding.then(async () => {
        const done = await replaceAllModels(database, records, { ...options, at });
        needsRebuild = false;
        return done;
      });
      rebuilding = result.catch(() => {});
      return result;
    },
    get: (id, options) => getById(database, id, options),
    byFormerId: (id, options) => getByFormerId(database, id, options),
    bySlug: (slug, options) => getBySlug(database, slug, options),
    byIdPrefix: (prefix, limit) => getByIdPrefix(database, prefix, { limit }),
    byName: (name, limit) => getByName(database, name, { limit }),
    revisionsOf: (ids, options) => getRevisions(database, ids, options),
    list: (options) => listModels(database, options),
    search: (query, options) => searchModels(database, query, options),
    facets: (query, options) => countFacetsOf(database, query, options),
    findByFileHash: (hash) => findByFileHash(database, hash),
    findFilesByHash: (hashes) => findFilesByHash(database, hashes),
    hasFileOfSize: (sizeBytes, options) => hasFileOfSize(database, sizeBytes, options),
    stats: (options) => readStats(database, options),
    changesSince: (cursor, options) => changesSince(database, cursor, options),
    watch: (options = {}) => watchChanges(database, { ...options, isReplaced: state.isReplaced }),
    isReplaced: state.isReplaced,
    check: (options) => checkIndex(database, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}
