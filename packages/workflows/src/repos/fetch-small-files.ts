import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isModelkeepError, ModelkeepError, serialiseError, type Progress, type WaitingForUser } from '@modelkeep/core';
import type { ArtifactRecord, RepoRecord } from '@modelkeep/fleet';
import { ensureFolder, systemCodeOf } from '@modelkeep/io';
import { refuseUnsafeNames } from '@modelkeep/library';
import { discardPart, type TransferFile, type VerifiedPart } from '@modelkeep/transfer';
import { askAccess } from '../acquire/ask-access.ts';
import { waitingError } from '../acquire/refuse-plan.ts';
import { noteEnd } from './artifacts-now.ts';
import type { ArtifactFailure } from './library-repos.ts';
import type { FetchedTree, RunningRepos } from './repos-context.ts';

/** @internal Which files, and where they go. */
export interface SmallFiles {
  readonly repo: RepoRecord;
  readonly tree: FetchedTree;
  readonly artifacts: readonly ArtifactRecord[];
  readonly places: ReadonlyMap<string, string>;
  readonly priority?: number | undefined;
  readonly report: (change: Partial<Progress>) => void;
  readonly signal: AbortSignal;
}

/** @internal What came of them. */
export interface FetchedSmallFiles {
  readonly failures: readonly ArtifactFailure[];
  readonly bytesFetched: number;
}

/**
 * @internal Fetches files into the folder of their repo, each verified and noted as soon as it is there. One that cannot be
 * had leaves the others alone, and its record says why.
 *
 * @throws `io.disk-full` before anything is fetched, `signal.reason`
 */
export async function fetchSmallFiles(context: RunningRepos, files: SmallFiles): Promise<FetchedSmallFiles> {
  const { tree, artifacts, places, priority, signal } = files;
  const failures: ArtifactFailure[] = [];
  const fail = async (artifact: ArtifactRecord, error: unknown): Promise<void> => {
    const serialised = serialiseError(error);
    failures.push({ artifactId: artifact.id, path: artifact.path, error: serialised });
    await noteEnd(context, artifact, { status: 'failed', error: serialised });
  };
  const safe = artifacts.filter(({ path }) => places.has(path));
  for (const artifact of artifacts) if (!places.has(artifact.path)) await fail(artifact, unsafeName(artifact));
  const [first] = safe;
  if (first === undefined) return { failures, bytesFetched: 0 };
  const refusal = tree.gated === false ? null : await accessRefusal(context, files, first);
  if (refusal !== null) {
    for (const artifact of safe) await fail(artifact, refusal);
    return { failures, bytesFetched: 0 };
  }

  const temp = join(context.store.layout.temp, `repo-${files.repo.id.slice(-12)}`);
  await ensureFolder(context.fileSystem, temp);
  const wanted = safe.map((artifact) => transferOf(context, { artifact, files, temp }));
  const job = context.transfers.addAll(wanted, { priority, onError: 'continue', signal });
  tellProgress(job, files.report);
  const { outcomes, bytesFetched } = await job.result;
  for (const [index, outcome] of outcomes.entries()) {
    const [artifact, transfer] = [safe[index], wanted[index]];
    if (artifact === undefined || transfer === undefined) continue;
    if (outcome.state === 'done') await discardPart(context.fileSystem, transfer);
    else await fail(artifact, await reasonOf(context, { files, artifact, error: outcome.error }));
  }
  await removeIfEmpty(context, temp);
  return { failures, bytesFetched };
}

function transferOf(
  context: RunningRepos,
  { artifact, files, temp }: { readonly artifact: ArtifactRecord; readonly files: SmallFiles; readonly temp: string },
): TransferFile {
  const { fileSystem, hub, store } = context;
  const { path, sizeBytes, sha256, gitSha1 } = artifact;
  const stem = join(temp, createHash('sha256').update(path).digest('hex').slice(0, 24));
  return {
    file: path,
    url: hub.resolveUrl(files.tree.repo, path, { revision: files.tree.commit }),
    part: `${stem}.part`,
    journal: `${stem}.journal`,
    quarantine: store.layout.quarantine,
    expected: { sizeBytes, sha256, gitSha1 },
    async deliver(content: VerifiedPart) {
      const target = files.places.get(path) ?? '';
      await ensureFolder(fileSystem, dirname(target));
      await fileSystem.rename(content.part, target);
      await fileSystem.fsyncFolder(dirname(target));
      const change = { status: 'completed', localPath: target, contentSha256: content.sha256, error: null } as const;
      await noteEnd(context, artifact, change);
    },
  };
}

function tellProgress(
  job: ReturnType<RunningRepos['transfers']['addAll']>,
  report: (change: Partial<Progress>) => void,
): void {
  job.progress.subscribe(({ bytesOnDisk, bytesTotal, bytesPerSecond, etaMs, filesDone, filesTotal, running }) => {
    const total = bytesTotal ?? 0;
    report({
      phase: 'downloading',
      bytesDone: bytesOnDisk,
      bytesTotal: total,
      bytesPerSecond,
      etaMs,
      fraction: total === 0 ? 0 : Math.min(1, bytesOnDisk / total),
      filesDone,
      filesTotal,
      file: running.at(-1)?.file ?? null,
    });
  });
}

function unsafeName({ path }: ArtifactRecord): unknown {
  try {
    refuseUnsafeNames([path]);
  } catch (error) {
    return error;
  }
  return new ModelkeepError('library.unsafe-name', {
    message: 'there is no place for this name',
    facts: { names: [] },
  });
}

async function accessRefusal(
  { hub }: RunningRepos,
  { tree, signal }: SmallFiles,
  { path }: ArtifactRecord,
): Promise<ModelkeepError | null> {
  const waiting = await askAccess(hub, { repo: tree.repo, revision: tree.commit, path, signal });
  return waiting === null ? null : refusalOf(hub.endpoint, tree, waiting);
}

function refusalOf(
  endpoint: string,
  { repo, commit, gated }: FetchedTree,
  waiting: WaitingForUser,
): ModelkeepError<'workflows.waiting-for-user'> {
  const source = { provider: 'hf', endpoint, repo, revision: commit, commit } as const;
  const { reason } = waiting;
  const gate = gated === false ? null : { kind: gated, granted: false, reason, acceptUrl: `${endpoint}/${repo}` };
  return waitingError({ source, gate }, waiting);
}

/** What the hub refuses is asked for once more: the answer then says what a person has to do. */
async function reasonOf(
  { hub }: RunningRepos,
  {
    files,
    artifact,
    error,
  }: { readonly files: SmallFiles; readonly artifact: ArtifactRecord; readonly error: unknown },
): Promise<unknown> {
  if (!isModelkeepError(error, 'network.status')) return error;
  const { repo, commit } = files.tree;
  try {
    const waiting = await askAccess(hub, { repo, revision: commit, path: artifact.path, signal: files.signal });
    return waiting === null ? error : refusalOf(hub.endpoint, files.tree, waiting);
  } catch (better) {
    files.signal.throwIfAborted();
    return better;
  }
}

async function removeIfEmpty({ fileSystem }: RunningRepos, folder: string): Promise<void> {
  try {
    await fileSystem.rmdir(folder);
  } catch (error) {
    // What could not be had whole stays, and the next one goes on with it.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCodeOf(error) ?? '')) throw error;
  }
}
