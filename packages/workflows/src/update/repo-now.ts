import { isModelkeepError, type ModelkeepError } from '@modelkeep/core';
import type { RepoInfo, RepoTree } from '@modelkeep/hf-client';
import { isUnreachable } from '../acquire/is-unreachable.ts';
import { treeAt, type PlanDownloadContext } from '../acquire/plan-download.ts';
import type { TrackedSource, UpdateState } from './update-check.ts';

/** @internal What a repo is now, or why nobody can tell. */
export type RepoNow =
  | { readonly info: RepoInfo; readonly tree: RepoTree }
  | { readonly state: Extract<UpdateState, 'gone' | 'no-access' | 'unreachable'>; readonly reason: string };

/** @internal Asks a hub about repos, about each one once; one that does not answer is asked about no other one. */
export function createRepoNow(
  context: Pick<PlanDownloadContext, 'hub' | 'trees' | 'clock'>,
  signal?: AbortSignal,
): (source: TrackedSource) => Promise<RepoNow> {
  const asked = new Map<string, Promise<RepoNow>>();
  let silence: RepoNow | null = null;
  const ask = async ({ repo, revision }: TrackedSource): Promise<RepoNow> => {
    if (silence !== null) return silence;
    try {
      const info = await context.hub.repoInfo(repo, { revision, signal });
      // What was said before would be taken for what is so now.
      if (info.stale === true) return (silence = { state: 'unreachable', reason: 'the hub cannot be reached' });
      return { info, tree: await treeAt(context, info, signal) };
    } catch (error) {
      signal?.throwIfAborted();
      if (!isModelkeepError(error)) throw error;
      const state = stateOf(error);
      if (state === null) throw error;
      const told: RepoNow = { state, reason: error.message };
      if (isUnreachable(error)) silence = told;
      return told;
    }
  };
  return (source) => {
    const key = `${source.repo}\n${source.revision}`;
    const answer = asked.get(key) ?? ask(source);
    asked.set(key, answer);
    return answer;
  };
}

function stateOf({ code }: ModelkeepError): 'gone' | 'no-access' | 'unreachable' | null {
  if (code === 'hub.repo-not-found' || code === 'hub.revision-not-found' || code === 'hub.disabled') return 'gone';
  if (code === 'hub.unauthorised' || code === 'hub.gated') return 'no-access';
  return code.startsWith('network.') || code === 'hub.unexpected' ? 'unreachable' : null;
}
