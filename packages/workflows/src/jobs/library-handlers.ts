import { errorFromJSON, isModelkeepError } from '@modelkeep/core';
import type { JobContext, JobHandler, JobHandlers, JobOutcome } from '@modelkeep/jobs';
import { runCopy } from './copy-job.ts';
import { runDownload } from './download-job.ts';
import { followOperation } from './follow-operation.ts';
import type { JobWorkspace } from './job-workspace.ts';
import { payloads, type LibraryJobPayloads, type LibraryJobType } from './payloads.ts';
import { results, type LibraryJobResults } from './results.ts';

const OFFLINE_WAIT_MS = 60_000;
/** Codes that another attempt cannot help. */
const FINAL = new Set<string>([
  'hub.repo-not-found',
  'hub.revision-not-found',
  'hub.entry-not-found',
  'hub.nothing-selected',
  'hub.disabled',
  'civitai.not-found',
  'library.model-not-found',
  'library.ambiguous-id',
  'library.nothing-to-import',
  'library.read-only',
  'library.unsafe-name',
  'mapper.unknown-app',
  'workflows.invalid-reference',
  'workflows.not-synced',
]);

/** @internal Runs jobs as operations of a library, which go on from what an earlier attempt has left. */
export function libraryHandlers(workspace: () => JobWorkspace): JobHandlers {
  return {
    download: handler('download', (payload, context) => runDownload(workspace(), payload, context)),
    'download-artifacts': handler('download-artifacts', async ({ ids, ...options }, context) => {
      const { models, bytesFetched } = await followOperation(
        workspace().repos.download(ids, { ...options, signal: context.signal }),
        context,
      );
      return { models: models.map(({ id }) => id), bytesFetched };
    }),
    sync: handler('sync', (payload, context) => syncNow(workspace().repos, payload, context)),
    import: handler('import', async ({ paths, ...options }, context) => {
      const { models, skipped } = await followOperation(
        workspace().import(paths, { ...options, signal: context.signal }),
        context,
      );
      return { models: models.map(({ id }) => id), skipped: skipped.length };
    }),
    scan: handler('scan', async ({ roots, ...options }, context) => {
      await followOperation(workspace().scan(roots, { ...options, signal: context.signal }), context);
      return {};
    }),
    hash: handler('hash', async (request, context) => {
      await followOperation(workspace().computeHashes({ ...request, signal: context.signal }), context);
      return {};
    }),
    enrich: handler('enrich', async (request, context) => {
      await followOperation(workspace().enrich({ ...request, signal: context.signal }), context);
      return {};
    }),
    verify: handler('verify', async (request, context) => {
      const { problems, repos } = await followOperation(
        workspace().verify({ ...request, signal: context.signal }),
        context,
      );
      return { problems: problems.length + repos.problems.length };
    }),
    copy: handler('copy', (payload, context) => runCopy(workspace(), payload, context)),
    'sync-inventory': handler('sync-inventory', async (_, { signal }) => {
      const { items, appeared, updated, vanished } = await workspace().servers.syncInventory({ signal });
      return { items, appeared, updated, vanished };
    }),
    map: handler('map', async ({ app, ...options }, { signal }) => {
      const links = await workspace().planLinks(app, { ...options, signal });
      const { counts } = await links.apply({ signal });
      return { counts };
    }),
  };
}

async function syncNow(
  repos: JobWorkspace['repos'],
  { reference, ...options }: LibraryJobPayloads['sync'],
  context: JobContext,
): Promise<LibraryJobResults['sync']> {
  const { signal } = context;
  const { id } = await repos.register(reference, { signal });
  const { repo, artifacts, failures, bytesFetched } = await followOperation(
    repos.sync(id, { ...options, signal }),
    context,
  );
  for (const { path, error } of failures) context.log('error', `${path}: ${error.message}`);
  // Another attempt tries again what could not be had, and nothing else. A name that nothing may have never will be.
  const failed = failures.find(({ error }) => error.code !== 'library.unsafe-name');
  if (failed !== undefined) throw errorFromJSON(failed.error);
  return { repoId: id, commit: repo.commit, artifacts: artifacts.length, bytesFetched };
}

function handler<Type extends LibraryJobType>(
  type: Type,
  run: (payload: LibraryJobPayloads[Type], context: JobContext) => Promise<LibraryJobResults[Type]>,
): JobHandler {
  return {
    payload: payloads[type],
    result: results[type],
    run: (payload, context) => run(payload as LibraryJobPayloads[Type], context),
    judge,
  };
}

/** @internal A person to wait for, or a network that is not there, is no failure. */
export function judge(error: unknown): JobOutcome | null {
  if (isModelkeepError(error, 'workflows.waiting-for-user')) {
    const { reason, url } = error.facts;
    return { kind: 'wait-for-user', waiting: { reason, url } };
  }
  if (isModelkeepError(error, 'network.offline')) return { kind: 'postpone', delayMs: OFFLINE_WAIT_MS };
  if (isModelkeepError(error, 'network.rate-limited')) return { kind: 'postpone', delayMs: error.facts.retryAfterMs };
  if (isModelkeepError(error, 'io.disk-full')) return { kind: 'pause' };
  if (isModelkeepError(error) && (FINAL.has(error.code) || isUnknownArtifact(error)))
    return { kind: 'fail', final: true, error: error.toJSON() };
  return null;
}

/** Where a content is on no server, it may be there at the next attempt; an id that is none never will be. */
function isUnknownArtifact(error: unknown): boolean {
  return isModelkeepError(error, 'fleet.not-found') && error.facts.topic === 'artifacts';
}
