import { join } from 'node:path';
import { isModelkeepError, isSha1, type ModelFile, type ModelRecord } from '@modelkeep/core';
import type { RepoInfo, RepoTree, TreeFile } from '@modelkeep/hf-client';
import type { Io } from '@modelkeep/io';
import type { PlanDownloadContext } from '../acquire/plan-download.ts';
import { plannedFiles } from '../acquire/planned-files.ts';
import { compareWithTree } from './compare-tree.ts';
import type { RepoNow } from './repo-now.ts';
import { filesFrom, trackedSource } from './tracked-source.ts';
import type { TrackedSource, UpdateCheck, UpdateState } from './update-check.ts';

/** @internal What a check works with. */
export interface CheckContext extends Pick<PlanDownloadContext, 'hub' | 'store' | 'trees' | 'clock'> {
  readonly io: Io;
}

/** @internal How one model is checked. */
export interface CheckModelOptions {
  readonly ask: (source: TrackedSource) => Promise<RepoNow>;
  /** The version that takes its place here. */
  readonly supersededBy?: Pick<ModelRecord, 'slug'> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal A check, and for a model that is outdated what it is to become. */
export interface CheckedModel {
  readonly check: UpdateCheck;
  readonly update: { readonly info: RepoInfo; readonly tree: RepoTree; readonly wanted: readonly TreeFile[] } | null;
}

/** @internal Compares one model with its source. */
export async function checkModel(
  context: CheckContext,
  model: ModelRecord,
  { ask, supersededBy, signal }: CheckModelOptions,
): Promise<CheckedModel> {
  const source = trackedSource(model);
  const nothing = { modelId: model.id, slug: model.slug, source, commit: null, movedTo: null };
  const told = (state: UpdateState, reason: string, more: Partial<UpdateCheck> = {}): CheckedModel => ({
    check: { ...nothing, changes: [], bytesToFetch: 0, state, reason, ...more },
    update: null,
  });
  if (source === null) return told('untracked', 'it comes from no repo of a hub');
  if (source.endpoint !== context.hub.endpoint) return told('untracked', `it comes from ${source.endpoint}`);
  if (supersededBy !== undefined) return told('superseded', `${supersededBy.slug} is a newer version of it`);
  if (isSha1(source.revision)) return told('fixed', 'this very commit was asked for', { commit: source.revision });

  const now = await ask(source);
  if ('state' in now) return told(now.state, now.reason);
  const { info, tree } = now;
  const own = filesFrom(model, source);
  const { changes, wanted, isGone } = await compareWithTree({
    own,
    files: tree.files,
    before: await pathsBefore(context, own, source),
    isSame: (here, there) => isSame(context, model, { here, there, signal }),
  });
  const found = { commit: info.commit, movedTo: info.id === source.repo ? null : info.id, changes };
  if (isGone) return told('gone', `its weights are not in ${info.id} at ${source.revision} any more`, found);
  const { bytesNeeded } = await plannedFiles(context.store, wanted, signal);
  // What is only missing there, or has another name, is no reason to do anything here.
  const isOutdated = changes.some((one) => one.change === 'changed' || one.change === 'added');
  const state = isOutdated ? 'outdated' : 'current';
  const reason = isOutdated ? `${info.id} has changed at ${source.revision}` : 'nothing of it has changed';
  const { check } = told(state, reason, { ...found, bytesToFetch: isOutdated ? bytesNeeded : 0 });
  return { check, update: isOutdated ? { info, tree, wanted } : null };
}

/** Null where the file lists of then are not known any more. */
async function pathsBefore(
  { trees }: CheckContext,
  own: readonly ModelFile[],
  { endpoint, repo }: TrackedSource,
): Promise<ReadonlySet<string> | null> {
  const paths = new Set<string>();
  const commits = new Set(own.flatMap(({ source }) => source?.commit ?? []));
  for (const commit of commits) {
    const tree = await trees.get({ endpoint, repo, commit });
    for (const { path } of tree?.files ?? []) paths.add(path);
  }
  return paths.size === 0 ? null : paths;
}

interface Compared {
  readonly here: ModelFile;
  readonly there: TreeFile;
  readonly signal: AbortSignal | undefined;
}

/** Of what came another way git's hash is not known: then the bytes tell. */
async function isSame(context: CheckContext, model: ModelRecord, { here, there, signal }: Compared): Promise<boolean> {
  if (here.sizeBytes !== there.sizeBytes) return false;
  if (there.sha256 !== null) return here.sha256 === there.sha256;
  if (here.gitSha1 !== null || there.gitSha1 === null) return here.gitSha1 === there.gitSha1;
  if (model.evictedAt !== undefined) return false;
  // What cannot be read now is no reason to fetch it.
  if (context.store.isOffline(model)) return true;
  const path = join(context.store.folderOf(model), here.at ?? here.name);
  try {
    const { digests } = await context.io.hashFile(path, { algorithms: ['git-sha1'], signal });
    return digests['git-sha1'] === there.gitSha1;
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return false;
    throw error;
  }
}
