import { isModelkeepError, type Progress } from '@modelkeep/core';
import type { ArtifactRecord, SharedState } from '@modelkeep/fleet';
import { systemCodeOf, type Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { sizeOf } from '../state/files-here.ts';
import { artifactsOf, noteChange } from './artifacts-now.ts';
import { smallFilePlaces } from './small-file-places.ts';

/** A small file of a repo that is not as it was fetched. */
export interface RepoFileProblem {
  readonly artifactId: string;
  readonly repo: string;
  /** In the repo. */
  readonly path: string;
  /** Absolute. */
  readonly localPath: string;
  readonly problem: 'missing' | 'size' | 'corrupt' | 'unreadable';
  /** A size or a SHA-256. */
  readonly expected: string | null;
  readonly found: string | null;
}

/** What a verification found in `repos/` of a library. */
export interface RepoFilesReport {
  readonly files: number;
  readonly bytesHashed: number;
  /** Their artifacts are `pending` from now on: a repair of the library or a sync of the repo fetches them again. */
  readonly problems: readonly RepoFileProblem[];
}

/** @internal */
export interface VerifyArtifactsContext {
  readonly store: LibraryStore;
  readonly io: Pick<Io, 'fileSystem' | 'hashFile'>;
  readonly state: SharedState;
}

/** @internal */
export interface VerifyArtifactsOptions {
  readonly depth: 'hash' | 'size';
  readonly report: (change: Partial<Progress>) => void;
  readonly signal: AbortSignal;
}

/**
 * @internal Compares the small files of repos with what was fetched, those included that were found damaged before. Those of
 * models are verified with these.
 */
export async function verifyArtifacts(
  context: VerifyArtifactsContext,
  { depth, report, signal }: VerifyArtifactsOptions,
): Promise<RepoFilesReport> {
  const { store, state } = context;
  const problems: RepoFileProblem[] = [];
  const sums = { files: 0, bytesHashed: 0 };
  for (const repo of await state.repos.list({ signal })) {
    const artifacts = await artifactsOf(context, repo.id, signal);
    const places = smallFilePlaces(store, repo, artifacts);
    for (const artifact of artifacts) {
      const { id, path, status, localPath } = artifact;
      if (status === 'downloading' || localPath === null || places.get(path) !== localPath) continue;
      signal.throwIfAborted();
      report({ file: path });
      sums.files += 1;
      const { finding, bytesHashed, isWhole } = await check(context, { ...artifact, localPath }, { depth, signal });
      sums.bytesHashed += bytesHashed;
      const isDone = status === 'completed';
      if ((finding === null && (isDone || !isWhole)) || !(await isStill(context, artifact, signal))) continue;
      if (finding !== null) problems.push({ artifactId: id, repo: repo.repo, path, localPath, ...finding });
      // Somebody has put it back. A drive that cannot be read is none that fetching could mend.
      if (finding === null) await noteChange({ state, store }, artifact, { status: 'completed', error: null });
      else if (isDone && finding.problem !== 'unreadable') {
        await noteChange({ state, store }, artifact, { status: 'pending' });
      }
    }
  }
  return { ...sums, problems };
}

type Finding = Pick<RepoFileProblem, 'problem' | 'expected' | 'found'>;

interface Checked {
  readonly finding: Finding | null;
  readonly bytesHashed: number;
  /** Every byte was looked at, and is right. */
  readonly isWhole: boolean;
}

async function check(
  { io }: VerifyArtifactsContext,
  { localPath, sizeBytes, contentSha256 }: ArtifactRecord & { readonly localPath: string },
  { depth, signal }: Pick<VerifyArtifactsOptions, 'depth' | 'signal'>,
): Promise<Checked> {
  const size = await sizeOf(io.fileSystem, localPath);
  const expected = sizeBytes === null ? null : String(sizeBytes);
  if (size === null) return { finding: { problem: 'missing', expected, found: null }, bytesHashed: 0, isWhole: false };
  if (sizeBytes !== null && size !== sizeBytes) {
    return { finding: { problem: 'size', expected, found: String(size) }, bytesHashed: 0, isWhole: false };
  }
  if (depth === 'size' || contentSha256 === null) return { finding: null, bytesHashed: 0, isWhole: false };
  try {
    const { digests } = await io.hashFile(localPath, { algorithms: ['sha256'], signal });
    const isSame = digests.sha256 === contentSha256;
    const finding = isSame ? null : ({ problem: 'corrupt', expected: contentSha256, found: digests.sha256 } as const);
    return { finding, bytesHashed: size, isWhole: isSame };
  } catch (error) {
    signal.throwIfAborted();
    if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
    // Somebody has removed it since its size was read.
    if (isModelkeepError(error, 'io.not-found'))
      return { finding: { problem: 'missing', expected, found: null }, bytesHashed: 0, isWhole: false };
    const found = systemCodeOf(error) ?? error.code;
    return { finding: { problem: 'unreadable', expected: contentSha256, found }, bytesHashed: 0, isWhole: false };
  }
}

/** A sync may have put another content there meanwhile. */
async function isStill(
  { state }: VerifyArtifactsContext,
  { id, version }: ArtifactRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const [now] = await state.repos.listArtifacts({ ids: [id], signal });
  return now?.version === version;
}
