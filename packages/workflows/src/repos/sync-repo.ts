import { dirname } from 'node:path';
import { fileRole, ModelkeepError, serialiseError, type Progress } from '@modelkeep/core';
import { notFound, type ArtifactRecord, type RepoRecord, type SharedState } from '@modelkeep/fleet';
import type { RepoTree } from '@modelkeep/hf-client';
import { systemCodeOf } from '@modelkeep/io';
import pMap from 'p-map';
import { treeAt } from '../acquire/plan-download.ts';
import { fileHere } from '../state/files-here.ts';
import { artifactsNow, noteChange } from './artifacts-now.ts';
import { fetchSmallFiles } from './fetch-small-files.ts';
import type { RepoSync, SyncRepoOptions } from './library-repos.ts';
import type { RunningRepos } from './repos-context.ts';
import { lockName } from './running-artifacts.ts';
import { repoFolder, smallFilePlaces } from './small-file-places.ts';

const SMALL_FILE_BYTES = 10_000_000;
const AT_ONCE = 32;

/** @internal How a repo is synced, by whom. */
export interface Syncing extends SyncRepoOptions {
  readonly signal: AbortSignal;
  readonly report: (change: Partial<Progress>) => void;
}

/** @internal Brings the record of a repo up to date with the hub, and fetches its small files. */
export async function syncRepo(context: RunningRepos, id: string, options: Syncing): Promise<RepoSync> {
  await repoOf(context.state, id, options.signal);
  return whileLocked(context, id, { signal: options.signal, run: () => syncLocked(context, id, options) });
}

/** @internal What touches the small files of a repo does it alone, among all processes. */
export async function whileLocked<T>(
  { store }: Pick<RunningRepos, 'store'>,
  id: string,
  { signal, run }: { readonly signal: AbortSignal; readonly run: () => Promise<T> },
): Promise<T> {
  const lock = await store.lock(lockName('repo', id), { timeoutMs: 2_000_000_000, signal });
  try {
    return await run();
  } finally {
    await lock.release();
  }
}

/** @internal @throws `fleet.not-found` */
export async function repoOf(state: SharedState, id: string, signal: AbortSignal): Promise<RepoRecord> {
  const repo = await state.repos.get(id, { signal });
  if (repo === null) throw notFound('repos', id);
  return repo;
}

async function syncLocked(context: RunningRepos, id: string, options: Syncing): Promise<RepoSync> {
  const { state } = context;
  const { signal, report, smallFileBytes = SMALL_FILE_BYTES } = options;
  report({ phase: 'planning' });
  const tree = await askHub(context, await repoOf(state, id, signal), signal);
  const { repo, artifacts } = await takeTree(context, { id, tree, signal });
  const isSmall = ({ path, sizeBytes }: ArtifactRecord): boolean =>
    sizeBytes < smallFileBytes && fileRole(path) !== 'weights';
  const wanted = artifacts.filter((one) => isSmall(one) && ['pending', 'failed'].includes(one.status));
  const places = smallFilePlaces(context.store, repo, artifacts);
  const fetched = await fetchSmallFiles(context, { repo, tree, artifacts: wanted, places, report, signal });
  report({ phase: 'done', fraction: 1, etaMs: 0, file: null });
  return { repo, artifacts: await state.repos.listArtifacts({ repoId: id, signal }), ...fetched };
}

async function askHub(context: RunningRepos, record: RepoRecord, signal: AbortSignal): Promise<RepoTree> {
  const { id, provider, repo, revision } = record;
  try {
    if (provider !== 'hf') throw foreign(record);
    return await treeAt(context, await context.hub.repoInfo(repo, { revision, signal }), signal);
  } catch (error) {
    signal.throwIfAborted();
    await context.state.repos.update(id, { status: 'error', error: serialiseError(error) });
    throw error;
  }
}

/**
 * Makes the files of a commit the artifacts of a repo. A process that dies in between leaves a repo of which nothing is
 * known, never files of one commit under the name of another.
 */
async function takeTree(
  context: RunningRepos,
  { id, tree, signal }: { readonly id: string; readonly tree: RepoTree; readonly signal: AbortSignal },
): Promise<{ readonly repo: RepoRecord; readonly artifacts: readonly ArtifactRecord[] }> {
  const { repos } = context.state;
  const before = await repoOf(context.state, id, signal);
  const old = await repos.listArtifacts({ repoId: id, signal });
  if (before.commit !== tree.commit) await repos.update(id, { status: 'registered', commit: null }, { signal });
  const now = await repos.replaceArtifacts(id, tree.files, { signal });
  await removeOutdated(context, { repo: before, old, now });
  const syncedAt = new Date(context.clock.now()).toISOString();
  const done = { status: 'synced', commit: tree.commit, error: null, syncedAt } as const;
  const repo = await repos.update(id, done, { signal });
  const artifacts = await pMap(
    await artifactsNow(context, now, signal),
    async (artifact) => {
      if (artifact.status !== 'pending' && artifact.status !== 'failed') return artifact;
      const found = await fileHere(context, artifact, signal);
      if (found === null) return artifact;
      const here = { status: 'completed', localPath: found.path, contentSha256: found.sha256, error: null } as const;
      return noteChange(context, artifact, here);
    },
    { concurrency: AT_ONCE, signal },
  );
  return { repo, artifacts };
}

interface Replaced {
  readonly repo: RepoRecord;
  readonly old: readonly ArtifactRecord[];
  readonly now: readonly ArtifactRecord[];
}

/** A small file whose content is another one by now, or that the repo has no more. */
async function removeOutdated(context: RunningRepos, { repo, old, now }: Replaced): Promise<void> {
  const kept = new Set(now.map(({ localPath }) => localPath));
  const places = smallFilePlaces(context.store, repo, old);
  const own = old.flatMap(({ path, localPath }) => (places.get(path) === localPath ? (localPath ?? []) : []));
  await removeFiles(
    context,
    repo,
    own.filter((path) => !kept.has(path)),
  );
}

/** @internal Removes files of a repo's folder, and the folders that they leave empty. */
export async function removeFiles(
  { fileSystem, store }: RunningRepos,
  repo: RepoRecord,
  paths: readonly string[],
): Promise<void> {
  const folders = new Set<string>();
  const ifThere = async (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (!['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error;
    });
  for (const path of paths) {
    await ifThere(fileSystem.unlink(path));
    folders.add(dirname(path));
  }
  const top = repoFolder(store, repo);
  for (const folder of [...folders].flatMap((one) => upTo(one, top)).toSorted((a, b) => b.length - a.length)) {
    await ifThere(fileSystem.rmdir(folder));
  }
}

function upTo(folder: string, top: string): readonly string[] {
  return folder.length < top.length ? [] : [folder, ...upTo(dirname(folder), top)];
}

function foreign({ provider, repo }: RepoRecord): ModelkeepError<'workflows.invalid-reference'> {
  const reason = `repos of ${provider} cannot be synced, only those of the hub`;
  return new ModelkeepError('workflows.invalid-reference', {
    message: `${repo}: ${reason}`,
    facts: { reference: repo, reason },
  });
}
