import {
  checkBytes,
  checkName,
  checkTime,
  type Manifest,
  type ManifestEntry,
  type ManifestRecord,
} from '@modelkeep/fleet';
import type { Selectable } from 'kysely';
import type { ManifestTable } from '../schema/tables.ts';
import { keyedEntries } from './keyed-entries.ts';
import type { StateContext } from './state-context.ts';
import { checkVersion, lockEntry, stampOf } from './swap-entry.ts';

/** @internal */
export function postgresManifest(context: StateContext): Manifest {
  const { connection, libraryId, tell } = context;
  const { schema } = connection;
  return {
    ...keyedEntries(context, 'manifest', toEntry),
    async set(key, record, { ifVersion, signal } = {}) {
      const checkedKey = checkName(key, 'key');
      const columns = columnsOf(record);
      const entry = await connection.transaction(async (db) => {
        await lockEntry(db, schema, 'manifest', libraryId, checkedKey);
        const found = await db
          .selectFrom('manifest')
          .selectAll()
          .where('library_id', '=', libraryId)
          .where('key', '=', checkedKey)
          .executeTakeFirst();
        checkVersion({ topic: 'manifest', key: checkedKey, ifVersion }, found);
        if (found !== undefined && isSame(found, columns)) return toEntry(found);
        const written = await db
          .insertInto('manifest')
          .values({ library_id: libraryId, key: checkedKey, ...columns, ...stampOf(context) })
          .onConflict((on) => on.columns(['library_id', 'key']).doUpdateSet({ ...columns, ...stampOf(context) }))
          .returningAll()
          .executeTakeFirstOrThrow();
        return toEntry(written);
      }, signal);
      tell();
      return entry;
    },
  };
}

type Columns = Pick<Selectable<ManifestTable>, 'completed' | 'repo_id' | 'revision' | 'size_bytes' | 'at'>;

function columnsOf({ completed, repoId, revision, sizeBytes, at }: ManifestRecord): Columns {
  return {
    completed,
    repo_id: checkName(repoId, 'repoId'),
    revision: revision === null ? null : checkName(revision, 'revision'),
    size_bytes: checkBytes(sizeBytes, 'sizeBytes'),
    at: checkTime(at, 'at'),
  };
}

function isSame(found: Columns, columns: Columns): boolean {
  const isSameText = (['completed', 'repo_id', 'revision', 'at'] as const).every(
    (name) => found[name] === columns[name],
  );
  return isSameText && Number(found.size_bytes) === Number(columns.size_bytes);
}

function toEntry(row: Selectable<ManifestTable>): ManifestEntry {
  return {
    key: row.key,
    libraryId: row.library_id,
    completed: row.completed,
    repoId: row.repo_id,
    revision: row.revision,
    sizeBytes: Number(row.size_bytes),
    at: row.at,
    version: Number(row.version),
    updatedAt: row.updated_at.toISOString(),
  };
}
