import type { SqlRow } from '@modelkeep/sqlite';
import type { Manifest, ManifestEntry, ManifestRecord } from '../ports/manifest.ts';
import { checkBytes, checkName, checkTime } from '../rules/check-text.ts';
import { NEXT_VERSION } from './change-statements.ts';
import { deleteEntry, versionMatches, writeEntry } from './entry-write.ts';
import { amongst, listOf } from './sql-list.ts';
import type { TableContext } from './table-context.ts';

const TABLE = { topic: 'manifest', table: 'fleet_manifest', column: 'key' } as const;
const WRITE = `insert into fleet_manifest (key, completed, repo_id, revision, size_bytes, at, version, updated_at)
  select :key, :completed, :repoId, :revision, :sizeBytes, :at, ${NEXT_VERSION}, :now
  where ${versionMatches(TABLE.table, 'key')}
  on conflict (key) do update set completed = excluded.completed, repo_id = excluded.repo_id,
  revision = excluded.revision, size_bytes = excluded.size_bytes, at = excluded.at, version = excluded.version,
  updated_at = excluded.updated_at
  where (completed, repo_id, revision, size_bytes, at)
  is not (excluded.completed, excluded.repo_id, excluded.revision, excluded.size_bytes, excluded.at)`;

/** @internal */
export function sqliteManifest({ file, libraryId, now }: TableContext): Manifest {
  const toEntry = (row: SqlRow): ManifestEntry => ({
    key: String(row['key']),
    libraryId,
    completed: row['completed'] === 1,
    repoId: String(row['repo_id']),
    revision: row['revision'] === null ? null : String(row['revision']),
    sizeBytes: Number(row['size_bytes']),
    at: String(row['at']),
    version: Number(row['version']),
    updatedAt: String(row['updated_at']),
  });
  return {
    async set(key, record, call) {
      const params = { ...checked(record), now: now() };
      const { ifVersion } = call ?? {};
      return file.write(
        writeEntry({ ...TABLE, key: checkName(key, 'key'), sql: WRITE, params, ifVersion, toEntry }),
        call,
      );
    },
    async get(key, call) {
      const row = await file.get<SqlRow>('select * from fleet_manifest where key = :key', { key }, call);
      return row === undefined ? null : toEntry(row);
    },
    async list({ keys, ...call } = {}) {
      const sql = `select * from fleet_manifest where ${amongst('key', 'keys')} order by key`;
      return (await file.all<SqlRow>(sql, { keys: listOf(keys) }, call)).map((row) => toEntry(row));
    },
    delete: (key, call) => file.write(deleteEntry({ ...TABLE, key, ifVersion: call?.ifVersion }), call),
  };
}

function checked(record: ManifestRecord): Record<keyof ManifestRecord, string | number | null> {
  const { completed, repoId, revision, sizeBytes, at } = record;
  return {
    completed: completed ? 1 : 0,
    repoId: checkName(repoId, 'repoId'),
    revision: revision === null ? null : checkName(revision, 'revision'),
    sizeBytes: checkBytes(sizeBytes, 'sizeBytes'),
    at: checkTime(at, 'at'),
  };
}
