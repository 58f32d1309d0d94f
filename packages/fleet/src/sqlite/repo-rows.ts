import type { SqlRow } from '@modelkeep/sqlite';
import { artifactStatuses, repoStatuses, type ArtifactRecord, type RepoRecord } from '../ports/repos.ts';
import { readStoredError } from '../rules/check-progress.ts';

/** @internal */
export function toRepo(row: SqlRow, libraryId: string): RepoRecord {
  return {
    id: String(row['id']),
    libraryId,
    provider: String(row['provider']),
    repo: String(row['repo']),
    revision: String(row['revision']),
    status: repoStatuses.find((one) => one === row['status']) ?? 'registered',
    commit: textOf(row['commit_id']),
    error: readStoredError(row['error']),
    registeredAt: String(row['registered_at']),
    syncedAt: textOf(row['synced_at']),
    version: Number(row['version']),
    updatedAt: String(row['updated_at']),
  };
}

/** @internal */
export function toArtifact(row: SqlRow, libraryId: string): ArtifactRecord {
  return {
    id: String(row['id']),
    repoId: String(row['repo_id']),
    libraryId,
    path: String(row['path']),
    sizeBytes: Number(row['size_bytes']),
    sha256: textOf(row['sha256']),
    gitSha1: textOf(row['git_sha1']),
    status: artifactStatuses.find((one) => one === row['status']) ?? 'pending',
    localPath: textOf(row['local_path']),
    contentSha256: textOf(row['content_sha256']),
    error: readStoredError(row['error']),
    version: Number(row['version']),
    updatedAt: String(row['updated_at']),
  };
}

function textOf(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
