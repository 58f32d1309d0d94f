import { isModelkeepError, redactUrl, type Progress } from '@modelkeep/core';
import type { HubClient } from '@modelkeep/hf-client';
import type { Transaction } from '@modelkeep/library';
import type { FullAddresses } from './address-book.ts';
import { askAccess, type WantedAccess } from './ask-access.ts';
import type { DownloadControls } from './download-controls.ts';
import type { DownloadPlan } from './download-plan.ts';
import type { DownloadContext } from './download-types.ts';
import { fetchFiles } from './fetch-files.ts';
import { createFileSums, type FileSums } from './file-sums.ts';
import { reportProgress } from './report-progress.ts';
import type { UserWait } from './user-wait.ts';

/** @internal What {@link fetchWithAccess} fetches, and for whom. */
export interface FetchWithAccessOptions {
  readonly plan: DownloadPlan;
  readonly addresses: FullAddresses;
  readonly transaction: Transaction;
  readonly controls: DownloadControls;
  readonly userWait: UserWait;
  readonly report: (change: Partial<Progress>) => void;
  readonly signal: AbortSignal;
}

/**
 * @internal Fetches what a transaction lacks. Access that ends on the way is waited for: what is on disk stays, and the
 * fetch goes on there.
 */
export async function fetchWithAccess(context: DownloadContext, options: FetchWithAccessOptions): Promise<FileSums> {
  const { plan, addresses, transaction, controls, userWait, report, signal } = options;
  const sums = createFileSums();
  for (let contradictions = 0; ;) {
    const job = controls.start((jobOptions) =>
      fetchFiles(context, { ...jobOptions, plan, addresses, transaction, signal }),
    );
    reportProgress(job, { plan, files: transaction.files, report });
    try {
      await job.result;
      return sums;
    } catch (error) {
      const refused = refusedFile(context.hub, plan, error);
      if (refused === undefined) throw error;
      const hasWaited = await userWait.until(() => askAccess(context.hub, { ...refused, signal }));
      // Once is a token that was renewed meanwhile; a hub that refuses the file and says that it may be had is no help.
      contradictions = hasWaited ? 0 : contradictions + 1;
      if (contradictions > 1) throw error;
    } finally {
      await sums.add(job);
    }
  }
}

/** The file that the hub itself has refused, undefined for every other failure. */
function refusedFile(hub: HubClient, { source, files }: DownloadPlan, error: unknown): WantedAccess | undefined {
  if (source.provider !== 'hf') return undefined;
  if (!isModelkeepError(error, 'network.status') || ![401, 403].includes(error.facts.status)) return undefined;
  const { url } = error.facts;
  const { repo, commit: revision } = source;
  const found = files.find(({ path }) => redactUrl(hub.resolveUrl(repo, path, { revision })) === url);
  return found === undefined ? undefined : { repo, revision, path: found.path };
}
