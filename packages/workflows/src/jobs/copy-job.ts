import type { JobContext } from '@modelkeep/jobs';
import { followOperation } from './follow-operation.ts';
import type { JobWorkspace } from './job-workspace.ts';
import type { LibraryJobPayloads } from './payloads.ts';
import type { FetchedByJob } from './results.ts';
import { signalOfPause } from './signal-of-pause.ts';

/** @internal Fetches a content from another server of the fleet; a later attempt goes on with what is there. */
export async function runCopy(
  { servers }: Pick<JobWorkspace, 'servers'>,
  { sha256 }: LibraryJobPayloads['copy'],
  context: JobContext,
): Promise<FetchedByJob> {
  let following: Promise<unknown> | undefined;
  const fetched = servers.fetch(sha256, {
    signal: signalOfPause(context),
    onDownload(download) {
      following = followOperation(download, context, { cancel: () => download.cancel() });
      // Its end is that of the fetch.
      following.catch(() => {});
    },
  });
  try {
    const { models, bytesFetched, bytesResumed } = await fetched;
    return { models: models.map(({ id }) => id), bytesFetched, bytesResumed };
  } finally {
    await following?.catch(() => {});
  }
}
