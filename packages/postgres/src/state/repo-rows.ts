import {
  artifactStatuses,
  readStoredError,
  repoStatuses,
  type ArtifactRecord,
  type RepoRecord,
} from '@modelkeep/fleet';
import type { Selectable } from 'kysely';
import type { ArtifactsTable, ReposTable } from '../schema/tables.ts';

/** @internal */
export function toRepo(row: Selectable<ReposTable>): RepoRecord {
  return {
    id: row.id,
    libraryId: row.library_id,
    provider: row.provider,
    repo: row.repo,
    revision: row.revision,
    status: repoStatuses.find((one) => one === row.status) ?? 'registered',
    commit: row.commit,
    error: readStoredError(row.error),
    registeredAt: row.registered_at.toISOString(),
    syncedAt: row.synced_at,
    version: Number(row.version),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** @internal */
export function toArtifact(row: Selectable<ArtifactsTable>): ArtifactRecord {
  return {
    id: row.id,
    repoId: row.repo_id,
    libraryId: row.library_id,
    path: row.path,
    sizeBytes: Number(row.size_bytes),
    sha256: row.sha256,
    gitSha1: row.git_sha1,
    status: artifactStatuses.find((one) => one === row.status) ?? 'pending',
    localPath: row.local_path,
    contentSha256: row.content_sha256,
    error: readStoredError(row.error),
    version: Number(row.version),
    updatedAt: row.updated_at.toISOString(),
  };
}
