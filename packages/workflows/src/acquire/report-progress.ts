import type { Progress } from '@modelkeep/core';
import type { TransactionFile } from '@modelkeep/library';
import type { TransferJob, TransferJobSnapshot } from '@modelkeep/transfer';
import type { DownloadPlan } from './download-plan.ts';

/** @internal What the files of a transaction add to what their job says. */
export interface ReportProgressOptions {
  readonly plan: DownloadPlan;
  /** As they were before the job. */
  readonly files: readonly TransactionFile[];
  readonly report: (change: Partial<Progress>) => void;
}

/** @internal Tells how far a job is as the progress of its download. */
export function reportProgress(job: TransferJob, { plan, files, report }: ReportProgressOptions): void {
  const present = files.filter(({ content }) => content !== null);
  const bytesPresent = present.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0);
  const isSizeKnown = plan.files.every(({ sizeBytes }) => sizeBytes !== null);
  const bytesTotal = isSizeKnown ? plan.bytesTotal : 0;
  const fractionOf = (bytesDone: number): number => (bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal));
  const tell = (snapshot: TransferJobSnapshot): void => {
    const bytesDone = bytesPresent + snapshot.bytesOnDisk;
    report({
      phase: snapshot.state === 'paused' ? 'paused' : 'downloading',
      file: snapshot.running.at(-1)?.file ?? null,
      bytesDone,
      bytesTotal,
      bytesPerSecond: snapshot.bytesPerSecond,
      etaMs: snapshot.etaMs,
      fraction: isSizeKnown ? fractionOf(bytesDone) : 0,
      filesDone: present.length + snapshot.filesDone,
      filesTotal: files.length,
    });
  };
  job.progress.subscribe(tell);
  tell(job.progress.current);
}
