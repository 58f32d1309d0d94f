import { isSha1, isSha256 } from '@modelkeep/core';
import {
  artifactStatuses,
  repoStatuses,
  type ArtifactChange,
  type ArtifactFile,
  type RepoChange,
  type RepoSource,
} from '../ports/repos.ts';
import { storedError } from './check-progress.ts';
import { checkBytes, checkName, checkTime, invalid } from './check-text.ts';

const MOST_ARTIFACTS = 200_000;
const MOST_PATH_CHARACTERS = 4_096;

/**
 * For engines.
 *
 * @throws `core.invalid-argument`
 */
export function checkRepoSource({ provider, repo, revision }: RepoSource): RepoSource {
  return {
    provider: checkName(provider, 'provider'),
    repo: checkName(repo, 'repo'),
    revision: checkName(revision, 'revision'),
  };
}

/** A change as an engine stores it: the columns that change, errors as JSON. */
export type StoredChange = Readonly<Record<string, string | null>>;

/**
 * For engines.
 *
 * @throws `core.invalid-argument`
 */
export function checkRepoChange({ status, commit, error, syncedAt }: RepoChange): StoredChange {
  if (status !== undefined && !repoStatuses.includes(status)) throw invalid('no such status', 'status', status);
  return whatChanges({
    status,
    commit: nullOr(commit, (text) => checkName(text, 'commit')),
    error: nullOr(error, storedError),
    syncedAt: nullOr(syncedAt, (text) => checkTime(text, 'syncedAt')),
  });
}

/**
 * For engines.
 *
 * @throws `core.invalid-argument`
 */
export function checkArtifactChange({ status, localPath, contentSha256, error }: ArtifactChange): StoredChange {
  if (status !== undefined && !artifactStatuses.includes(status)) throw invalid('no such status', 'status', status);
  return whatChanges({
    status,
    localPath: nullOr(localPath, (text) => checkPath(text, 'localPath')),
    contentSha256: nullOr(contentSha256, checkSha256),
    error: nullOr(error, storedError),
  });
}

/**
 * For engines: the files of a tree.
 *
 * @throws `core.invalid-argument`, also for a path that is there twice
 */
export function checkArtifacts(files: readonly ArtifactFile[]): readonly ArtifactFile[] {
  if (files.length > MOST_ARTIFACTS) throw invalid(`more than ${MOST_ARTIFACTS} files`, 'files', files.length);
  const paths = new Set<string>();
  return files.map(({ path, sizeBytes, sha256, gitSha1 }) => {
    if (paths.has(path)) throw invalid('a path is there twice', 'files', path);
    paths.add(path);
    checkPath(path, 'path');
    if (gitSha1 !== null && !isSha1(gitSha1)) throw invalid('this is no SHA-1', 'gitSha1', gitSha1);
    return {
      path,
      sizeBytes: checkBytes(sizeBytes, 'sizeBytes'),
      sha256: sha256 === null ? null : checkSha256(sha256),
      gitSha1,
    };
  });
}

/** Postgres keeps no NUL, and no half of a surrogate pair. */
function checkPath(text: string, argument: string): string {
  const isPath = text !== '' && text.length <= MOST_PATH_CHARACTERS && text.isWellFormed() && !text.includes('\0');
  if (isPath) return text;
  throw invalid('no path of a file', argument, text.slice(0, 80));
}

function checkSha256(text: string): string {
  if (isSha256(text)) return text;
  throw invalid('this is no SHA-256', 'sha256', text);
}

function nullOr<T>(value: T | null | undefined, check: (value: T) => string): string | null | undefined {
  if (value === undefined) return undefined;
  return value === null ? null : check(value);
}

function whatChanges(fields: Readonly<Record<string, string | null | undefined>>): StoredChange {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
