import { NEXT_VERSION } from './change-statements.ts';
import { versionMatches } from './entry-write.ts';

/** @internal What {@link updateSql} may change, and the columns. */
export const repoColumns = { status: 'status', commit: 'commit_id', error: 'error', syncedAt: 'synced_at' } as const;
/** @internal */
export const artifactColumns = {
  status: 'status',
  localPath: 'local_path',
  contentSha256: 'content_sha256',
  error: 'error',
} as const;

/** @internal Changes the given fields of one row. */
export function updateSql(table: string, columns: Readonly<Record<string, string>>, fields: readonly string[]): string {
  const sets = fields.map((field) => `${columns[field]} = :${field}`);
  return `update ${table} set ${[...sets, `version = ${NEXT_VERSION}`, 'updated_at = :now'].join(', ')}
    where id = :id and ${versionMatches(table, 'id')}`;
}

/** @internal */
export const REGISTER: string = `insert into fleet_repos
  (id, provider, repo, revision, status, registered_at, version, updated_at)
  values (:id, :provider, :repo, :revision, 'registered', :now, ${NEXT_VERSION}, :now)
  on conflict (provider, repo, revision) do nothing`;

/** @internal What is not among the files goes: first the change of each is noted, then the row is deleted. */
export const NOTE_GONE: string = `insert or replace into fleet_changes (topic, key)
  select 'artifacts', id from fleet_artifacts
  where repo_id = :repoId and path not in (select value ->> 'path' from json_each(:files))`;
/** @internal */
export const DELETE_GONE: string = `delete from fleet_artifacts
  where repo_id = :repoId and path not in (select value ->> 'path' from json_each(:files))`;

/** @internal All rows that are written here get the same version: that of the first change that is noted after it. */
export const PUT: string = `insert into fleet_artifacts
  (id, repo_id, path, size_bytes, sha256, git_sha1, status, version, updated_at)
  select value ->> 'id', :repoId, value ->> 'path', value ->> 'sizeBytes', value ->> 'sha256', value ->> 'gitSha1',
  'pending', ${NEXT_VERSION}, :now from json_each(:files)
  where exists (select 1 from fleet_repos where id = :repoId)
  on conflict (repo_id, path) do update set size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
  git_sha1 = excluded.git_sha1, status = 'pending', local_path = null, content_sha256 = null, error = null,
  version = excluded.version, updated_at = excluded.updated_at
  where (size_bytes, sha256, git_sha1) is not (excluded.size_bytes, excluded.sha256, excluded.git_sha1)`;
/** @internal */
export const NOTE_PUT: string = `insert or replace into fleet_changes (topic, key)
  select 'artifacts', id from fleet_artifacts where repo_id = :repoId and version = ${NEXT_VERSION}`;

/** @internal */
export const NOTE_ALL_OF_REPO: string = `insert or replace into fleet_changes (topic, key)
  select 'artifacts', id from fleet_artifacts where repo_id = :id`;
