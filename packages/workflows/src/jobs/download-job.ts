import type { Progress } from '@modelkeep/core';
import type { JobContext } from '@modelkeep/jobs';
import { followOperation } from './follow-operation.ts';
import type { JobWorkspace } from './job-workspace.ts';
import type { LibraryJobPayloads } from './payloads.ts';
import { isGone, pinOf, planPinned, readCheckpoint, type DownloadCheckpoint } from './pinned-source.ts';
import type { FetchedByJob } from './results.ts';
import { signalOfPause } from './signal-of-pause.ts';

/** So many new bytes are a step forward, after which attempts count anew. */
const STEP_BYTES = 67_108_864;

/** @internal Downloads what a job names; a later attempt goes on with the same commit or version. */
export async function runDownload(
  workspace: JobWorkspace,
  payload: LibraryJobPayloads['download'],
  context: JobContext,
): Promise<FetchedByJob> {
  const saved = readCheckpoint(context.checkpoint());
  try {
    return await downloadFrom(workspace, payload, { context, saved });
  } catch (error) {
    if ((saved?.source ?? null) === null || !isGone(error)) throw error;
    context.log('warn', 'what an earlier attempt began with is gone at its source: it is looked up anew');
    return downloadFrom(workspace, payload, { context, saved: null });
  }
}

async function downloadFrom(
  workspace: JobWorkspace,
  { reference, volume, makeRoom, ...selection }: LibraryJobPayloads['download'],
  { context, saved }: { readonly context: JobContext; readonly saved: DownloadCheckpoint | null },
): Promise<FetchedByJob> {
  const request = { reference, ...selection, signal: context.signal };
  const plan = await planPinned(workspace, request, saved?.source ?? null);
  const source = pinOf(reference, plan.source);
  let reached = saved?.bytesDone ?? 0;
  context.save({ source, bytesDone: reached });
  const signal = signalOfPause(context);
  const download = workspace.download(plan, { volume, makeRoom, whenUserIsNeeded: 'fail', signal });
  const { models, bytesFetched, bytesResumed } = await followOperation(download, context, {
    async cancel() {
      await download.cancel();
      context.log('info', whatIsLeft(download.progress.current));
    },
    onProgress({ bytesDone }) {
      if (bytesDone < reached + STEP_BYTES) return;
      reached = bytesDone;
      context.save({ source, bytesDone });
    },
  });
  return { models: models.map(({ id }) => id), bytesFetched, bytesResumed };
}

function whatIsLeft({ filesDone, filesTotal }: Progress): string {
  const unfinished = 'cancelled: what was fetched of unfinished files is removed';
  if (filesDone === 0) return `${unfinished}; nothing is left`;
  return `${unfinished}; ${filesDone} of ${filesTotal} files are in the library: garbage unless models need them`;
}
