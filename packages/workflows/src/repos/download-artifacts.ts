import {
  errorFromJSON,
  fileRole,
  ModelkeepError,
  serialiseError,
  type ModelRecord,
  type Progress,
} from '@modelkeep/core';
import { notFound, type ArtifactChange, type ArtifactRecord, type RepoRecord } from '@modelkeep/fleet';
import pMap from 'p-map';
import type { DownloadOptions, DownloadResult } from '../acquire/download-types.ts';
import { fileHere } from '../state/files-here.ts';
import { artifactsNow, isSameContent, noteChange, noteEnd } from './artifacts-now.ts';
import { fetchSmallFiles } from './fetch-small-files.ts';
import type { ArtifactsDownload, DownloadArtifactsOptions } from './library-repos.ts';
import type { RunningRepos } from './repos-context.ts';
import { smallFilePlaces } from './small-file-places.ts';
import { repoOf, whileLocked } from './sync-repo.ts';

const AT_ONCE = 32;

/** @internal */
export interface Downloading extends DownloadArtifactsOptions, Pick<DownloadOptions, 'onFileFailed'> {
  readonly signal: AbortSignal;
  readonly report: (change: Partial<Progress>) => void;
}

/** @internal Downloads artifacts, the repos one after the other. */
export async function downloadArtifacts(
  context: RunningRepos,
  ids: readonly string[],
  options: Downloading,
): Promise<ArtifactsDownload> {
  const { repos } = context.state;
  const { signal, report } = options;
  const records = await repos.listArtifacts({ ids, signal });
  const unknown = ids.find((id) => !records.some((one) => one.id === id));
  if (unknown !== undefined) throw notFound('artifacts', unknown);
  const models: ModelRecord[] = [];
  const failures: unknown[] = [];
  let bytesFetched = 0;
  for (const repoId of new Set(records.map((one) => one.repoId))) {
    try {
      const wanted = records.filter((one) => one.repoId === repoId).map(({ id }) => id);
      const gave = await downloadOf(context, { repoId, ids: wanted, options });
      models.push(...gave.models);
      bytesFetched += gave.bytesFetched;
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  report({ phase: 'done', fraction: 1, etaMs: 0, file: null });
  return { artifacts: await repos.listArtifacts({ ids, signal }), models, bytesFetched };
}

interface OfOneRepo {
  readonly repoId: string;
  readonly ids: readonly string[];
  readonly options: Downloading;
}

type Gave = Pick<DownloadResult, 'models' | 'bytesFetched'>;

async function downloadOf(context: RunningRepos, { repoId, ids, options }: OfOneRepo): Promise<Gave> {
  const { state, running } = context;
  const { signal, report } = options;
  report({ phase: 'waiting' });
  return running.during({
    repoId,
    ids,
    signal,
    async onTaken() {
      const left = await state.repos.listArtifacts({ repoId, status: 'downloading', signal });
      await noteAll(context, left, { status: 'pending' });
    },
    async run() {
      const repo = await repoOf(state, repoId, signal);
      if (repo.commit === null) throw notSynced(repo);
      const records = await artifactsNow(context, await state.repos.listArtifacts({ ids, signal }), signal);
      const missing = records.filter(({ status }) => status !== 'completed');
      if (missing.length === 0) return { models: [], bytesFetched: 0 };
      const claimed = await noteAll(context, missing, { status: 'downloading', error: null });
      const failed = new Set<string>();
      try {
        const hasWeights = claimed.some(({ path }) => fileRole(path) === 'weights');
        return await (hasWeights ? fetchModels : fetchOthers)(context, {
          repo,
          records: claimed,
          all: records,
          options: { ...options, onFileFailed: (path) => failed.add(path) },
        });
      } catch (error) {
        await noteStop(context, claimed, { error, failed, signal });
        throw error;
      }
    },
  });
}

interface Claimed {
  readonly repo: RepoRecord;
  /** What is missing. */
  readonly records: readonly ArtifactRecord[];
  /** What was asked for. */
  readonly all: readonly ArtifactRecord[];
  readonly options: Downloading;
}

/** Weights make models, which get the other files that were asked for with them, those that are here already included. */
async function fetchModels(context: RunningRepos, { repo, records, all, options }: Claimed): Promise<Gave> {
  const { signal, report, ...settings } = options;
  const paths = new Set(all.map(({ path }) => path));
  report({ phase: 'planning' });
  const plan = await context.plan({ repo: repo.repo, revision: repo.commit ?? '', paths, signal });
  const planned = new Map(plan.files.map((file) => [file.path, file]));
  const isPlanned = (one: ArtifactRecord): boolean => {
    const file = planned.get(one.path);
    return file !== undefined && isSameContent(one, file);
  };
  if (!all.every((one) => isPlanned(one))) throw notSynced(repo);
  const running = context.download(plan, { ...settings, signal, whenUserIsNeeded: 'fail' });
  const stop = running.progress.subscribe(({ phase, ...progress }) =>
    report({ ...progress, phase: phase === 'done' ? 'indexing' : phase }),
  );
  const { models, bytesFetched } = await running.result.finally(stop);
  const left: ArtifactRecord[] = [];
  for (const record of records) {
    const here = await fileHere(context, record, signal);
    if (here === null) left.push(record);
    else await noteEnd(context, record, completedAt(here.path, here.sha256));
  }
  if (left.length === 0) return { models, bytesFetched };
  // What belongs to none of the models.
  const others = await fetchOthers(context, { repo, records: left, all, options });
  return { models, bytesFetched: bytesFetched + others.bytesFetched };
}

async function fetchOthers(context: RunningRepos, { repo, records, options }: Claimed): Promise<Gave> {
  const { signal, report, priority } = options;
  const { hub, trees, state } = context;
  const places = smallFilePlaces(context.store, repo, await state.repos.listArtifacts({ repoId: repo.id, signal }));
  const commit = repo.commit ?? '';
  const known = await trees.get({ endpoint: hub.endpoint, repo: repo.repo, commit });
  const tree = known ?? { repo: repo.repo, commit, gated: false };
  const files = { repo, tree, artifacts: records, places, priority, report, signal };
  const { failures, bytesFetched } = await whileLocked(context, repo.id, {
    signal,
    run: () => fetchSmallFiles(context, files),
  });
  const [first] = failures;
  if (first !== undefined) throw errorFromJSON(first.error);
  return { models: [], bytesFetched };
}

async function noteAll(
  context: RunningRepos,
  records: readonly ArtifactRecord[],
  change: ArtifactChange,
): Promise<readonly ArtifactRecord[]> {
  return pMap(records, (one) => noteChange(context, one, change), { concurrency: AT_ONCE });
}

interface Stop {
  readonly error: unknown;
  /** Paths of those that could not be had; empty where it was none of theirs that failed. */
  readonly failed: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** What is still said to be running. Who is told to stop leaves what is on the disk to the next one, and so does a file that failed. */
async function noteStop(
  context: RunningRepos,
  claimed: readonly ArtifactRecord[],
  { error, failed, signal }: Stop,
): Promise<void> {
  const now = await context.state.repos.listArtifacts({ ids: claimed.map(({ id }) => id) });
  const isToBlame = ({ path }: ArtifactRecord): boolean => !signal.aborted && (failed.size === 0 || failed.has(path));
  const change: ArtifactChange = { status: 'failed', error: serialiseError(error) };
  const left = now.filter(({ status }) => status === 'downloading');
  await noteAll(context, left.filter(isToBlame), change);
  await noteAll(
    context,
    left.filter((one) => !isToBlame(one)),
    { status: 'pending' },
  );
}

function completedAt(localPath: string, contentSha256: string): ArtifactChange {
  return { status: 'completed', localPath, contentSha256, error: null };
}

function notSynced({ id, repo }: RepoRecord): ModelkeepError<'workflows.not-synced'> {
  return new ModelkeepError('workflows.not-synced', {
    message: `nobody knows at which commit ${repo} has these files`,
    facts: { repoId: id, repo },
    hint: 'sync the repo first',
  });
}
