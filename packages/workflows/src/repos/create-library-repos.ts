import { ModelkeepError, startOperation } from '@modelkeep/core';
import { readModelReference } from '../acquire/read-model-reference.ts';
import { openForReading } from '../workspace/open-for-reading.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { artifactsNow } from './artifacts-now.ts';
import { downloadArtifacts } from './download-artifacts.ts';
import type { LibraryRepos } from './library-repos.ts';
import type { ReposContext, RunningRepos } from './repos-context.ts';
import { createRunningArtifacts } from './running-artifacts.ts';
import { smallFilePlaces } from './small-file-places.ts';
import { removeFiles, repoOf, syncRepo, whileLocked } from './sync-repo.ts';

/** @internal */
export function createLibraryRepos(context: ReposContext, operations: RunningOperations): LibraryRepos {
  const running = createRunningArtifacts(context.store, context.clock);
  const now = (): RunningRepos => ({ ...context, running, state: context.stateNow() });
  const join = (signal: AbortSignal | undefined): AbortSignal => operations.join(signal);
  return {
    async register(reference, { signal } = {}) {
      const { mode, root } = context.store;
      if (mode === 'read') throw openForReading(root, 'repos cannot be registered');
      const { repo, revision } = readRepo(reference, context.hub.endpoint);
      return now().state.repos.register({ provider: 'hf', repo, revision }, { signal: join(signal) });
    },
    get: async (id, { signal } = {}) => repoOf(now().state, id, join(signal)),
    list: async ({ signal, status } = {}) => now().state.repos.list({ status, signal: join(signal) }),
    sync: (id, options = {}) =>
      operations.track(
        startOperation(async (report) => syncRepo(now(), id, { ...options, report, signal: join(options.signal) })),
      ),
    async artifacts({ repo: repoId, ids, status, ...options } = {}) {
      const signal = join(options.signal);
      const current = now();
      const records = await artifactsNow(
        current,
        await current.state.repos.listArtifacts({ repoId, ids, signal }),
        signal,
      );
      return status === undefined ? records : records.filter((one) => one.status === status);
    },
    download: (ids, options = {}) =>
      operations.track(
        startOperation(async (report) =>
          downloadArtifacts(now(), [...new Set(ids)], { ...options, report, signal: join(options.signal) }),
        ),
      ),
    async remove(id, options = {}) {
      const signal = join(options.signal);
      const current = now();
      const run = async (): Promise<boolean> => {
        const repo = await current.state.repos.get(id, { signal });
        if (repo === null) return false;
        const artifacts = await current.state.repos.listArtifacts({ repoId: id, signal });
        await current.state.repos.delete(id, { signal });
        await removeFiles(current, repo, [...smallFilePlaces(current.store, repo, artifacts).values()]);
        return true;
      };
      return whileLocked(current, id, { signal, run });
    },
  };
}

function readRepo(text: string, endpoint: string): { readonly repo: string; readonly revision: string } {
  const reference = readModelReference(text, endpoint);
  if (reference.provider === 'hf' && reference.path === null) {
    return { repo: reference.repo, revision: reference.revision ?? 'main' };
  }
  const reason = reference.provider === 'hf' ? 'it names a part of a repo' : 'it is no repo of the hub';
  const shown = text.trim().replace(/[?#].*$/s, '');
  throw new ModelkeepError('workflows.invalid-reference', {
    message: `${JSON.stringify(shown)}: ${reason}`,
    facts: { reference: shown, reason },
    hint: 'name a repo such as hf:org/name or hf:org/name@revision',
  });
}
