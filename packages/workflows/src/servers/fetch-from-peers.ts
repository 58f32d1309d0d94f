import type { Clock } from '@modelkeep/core';
import type { Servers, SyncReport } from '@modelkeep/fleet';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { DownloadResult } from '../acquire/download-types.ts';
import type { Download } from '../acquire/download.ts';
import type { FetchFromPeersOptions } from './library-servers.ts';

/** @internal */
export interface FetchContext {
  readonly servers: Servers;
  readonly ownId: string;
  readonly clock: Clock;
  readonly plan: (sha256: string, signal: AbortSignal | undefined) => Promise<DownloadPlan>;
  readonly download: (plan: DownloadPlan, signal: AbortSignal | undefined) => Download;
  readonly sync: (signal: AbortSignal | undefined) => Promise<SyncReport>;
}

/** @internal Fetches a content from another server, notes how long it took, and tells the others that it is here. */
export async function fetchFromPeers(
  { servers, ownId, clock, plan, download, sync }: FetchContext,
  sha256: string,
  { onDownload, signal }: FetchFromPeersOptions,
): Promise<DownloadResult> {
  const planned = await plan(sha256, signal);
  const startedMs = clock.monotonicMs();
  const running = download(planned, signal);
  onDownload?.(running);
  const result = await running.result;
  const durationMs = clock.monotonicMs() - startedMs;
  // Before the rate: it registers the library where it is not known.
  await sync(signal);
  if (result.bytesFetched > 0 && durationMs > 0) {
    await servers.recordFetch(ownId, { bytes: result.bytesFetched, durationMs }, { signal });
  }
  return result;
}
