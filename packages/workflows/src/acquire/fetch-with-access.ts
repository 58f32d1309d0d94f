import { isModelkeepError, type Progress } from '@modelkeep/core';
import type { Transaction } from '@modelkeep/library';
import type { TransferJob } from '@modelkeep/transfer';
import type { FullAddresses } from './address-book.ts';
import { askPlanAccess, fileAt } from './ask-plan-access.ts';
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
  readonly onFileFailed?: ((name: string) => void) | undefined;
  readonly signal: AbortSignal;
}

/**
 * @internal Fetches what a transaction lacks. Access that ends on the way is waited for: what is on disk stays, and the
 * fetch goes on there.
 */
export async function fetchWithAccess(context: DownloadContext, options: FetchWithAccessOptions): Promise<FileSums> {
  const { plan, addresses, transaction, controls, userWait, report, onFileFailed, signal } = options;
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
      const refused = refusedFile(context, plan, error);
      if (refused === undefined) {
        tellFailed(job, onFileFailed);
        throw error;
      }
      const hasWaited = await userWait.until(() => askPlanAccess(context, plan, { path: refused, signal }));
      // Once is a token that was renewed meanwhile; a hub that refuses the file and says that it may be had is no help.
      contradictions = hasWaited ? 0 : contradictions + 1;
      if (contradictions > 1) throw error;
    } finally {
      await sums.add(job);
    }
  }
}

/** The others have ended because of it. */
function tellFailed({ transfers }: TransferJob, tell: ((name: string) => void) | undefined): void {
  for (const { file, progress } of transfers) if (progress.current.state === 'failed') tell?.(file);
}

/** The file that the source itself has refused, undefined for every other failure. */
function refusedFile(context: DownloadContext, plan: DownloadPlan, error: unknown): string | undefined {
  if (!isModelkeepError(error, 'network.status') || ![401, 403].includes(error.facts.status)) return undefined;
  return fileAt(context, plan, error.facts.url);
}
