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
import type { StateContext } from './state-context.ts';
import { checkVersion, lockEntry, stampOf } from './swap-entry.ts';

/** @internal */
export function postgresManifest(context: StateContext): Manifest {
  const { connection, libraryId, tell } = context;
  const { schema } = connection;
  return {
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
    async get(key, { signal } = {}) {
      const found = await connection.run(
        (db) =>
          db
            .selectFrom('manifest')
            .selectAll()
            .where('library_id', '=', libraryId)
            .where('key', '=', key)
            .executeTakeFirst(),
        signal,
      );
      return found === undefined ? null : toEntry(found);
    },
    async list({ keys, libraries = 'own', signal } = {}) {
      const rows = await connection.run((db) => {
        let query = db.selectFrom('manifest').selectAll().orderBy('key').orderBy('library_id');
        if (libraries === 'own') query = query.where('library_id', '=', libraryId);
        if (keys !== undefined) query = query.where('key', '=', (each) => each.fn.any(each.val([...keys])));
        return query.execute();
      }, signal);
      return rows.map((row) => toEntry(row));
    },
    async delete(key, { ifVersion, signal } = {}) {
      const wasThere = await connection.transaction(async (db) => {
        const found = await db
          .selectFrom('manifest')
          .select('version')
          .where('library_id', '=', libraryId)
          .where('key', '=', key)
          .forUpdate()
          .executeTakeFirst();
        checkVersion({ topic: 'manifest', key, ifVersion }, found);
        await db.deleteFrom('manifest').where('library_id', '=', libraryId).where('key', '=', key).execute();
        return found !== undefined;
      }, signal);
      tell();
      return wasThere;
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
