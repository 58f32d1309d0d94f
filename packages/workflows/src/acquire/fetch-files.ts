import { createRateMeter, type Progress } from '@modelkeep/core';
import type { Transaction, TransactionFile } from '@modelkeep/library';
import { fetchToPart } from '@modelkeep/transfer';
import pMap from 'p-map';
import type { DownloadPlan } from './download-plan.ts';
import type { DownloadContext, DownloadResult } from './download-types.ts';

/** Small files would wait for large ones in a row; more connections than this gain nothing on one origin. */
const FILES_AT_ONCE = 4;

/** @internal What is fetched, and into which transaction. */
export interface FetchFilesOptions {
  readonly plan: DownloadPlan;
  readonly transaction: Transaction;
  readonly signal: AbortSignal;
  readonly report: (change: Partial<Progress>) => void;
}

/** @internal Fetches, verifies and publishes every file of a transaction that is not stored yet. */
export async function fetchFiles(
  context: DownloadContext,
  { plan, transaction, signal, report }: FetchFilesOptions,
): Promise<Omit<DownloadResult, 'models'>> {
  const { files } = transaction;
  const missing = files.filter(({ content }) => content === null);
  const bytesPresent = sizeOf(files) - sizeOf(missing);
  const onDisk = new Map<string, number>();
  const meter = createRateMeter();
  const counts = { fetched: 0, resumed: 0, filesDone: files.length - missing.length };
  let fetchedNow = 0;

  const tell = (file: string | null): void => {
    const bytesDone = bytesPresent + [...onDisk.values()].reduce((sum, bytes) => sum + bytes, 0);
    meter.note(fetchedNow, context.clock.monotonicMs());
    const { bytesPerSecond } = meter;
    report({
      phase: 'downloading',
      file,
      bytesDone,
      bytesTotal: plan.bytesTotal,
      bytesPerSecond,
      etaMs: bytesPerSecond > 0 ? ((plan.bytesTotal - bytesDone) / bytesPerSecond) * 1_000 : null,
      fraction: plan.bytesTotal === 0 ? 1 : Math.min(1, bytesDone / plan.bytesTotal),
      filesDone: counts.filesDone,
      filesTotal: files.length,
    });
  };

  const stop = new AbortController();
  const fetchSignal = AbortSignal.any([signal, stop.signal]);
  const fetchOne = async (file: TransactionFile): Promise<void> => {
    let fetchedOfFile = 0;
    const part = await fetchToPart({
      http: context.http,
      io: context.io,
      file: file.name,
      url: context.hub.resolveUrl(plan.repo, file.name, plan.commit),
      part: file.part,
      journal: file.journal,
      quarantine: context.store.layout.quarantine,
      expected: { sizeBytes: file.sizeBytes, sha256: file.sha256, gitSha1: file.gitSha1 },
      signal: fetchSignal,
      logger: context.logger,
      clock: context.clock,
      onProgress: ({ bytesOnDisk, bytesFetched }) => {
        fetchedNow += bytesFetched - fetchedOfFile;
        fetchedOfFile = bytesFetched;
        onDisk.set(file.name, bytesOnDisk);
        tell(file.name);
      },
    });
    await transaction.publish(file.name, part);
    counts.fetched += part.bytesFetched;
    counts.resumed += part.resumedFromBytes;
    counts.filesDone += 1;
    onDisk.set(file.name, part.sizeBytes);
    tell(file.name);
  };

  // The first failure stops the other files, and all have let go of their parts before it is thrown.
  let failure: { readonly error: unknown } | undefined;
  const settle = async (file: TransactionFile): Promise<void> => {
    if (failure !== undefined) return;
    try {
      await fetchOne(file);
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
  };

  tell(null);
  await pMap(missing, settle, { concurrency: FILES_AT_ONCE });
  if (failure !== undefined) throw failure.error;
  return { bytesFetched: counts.fetched, bytesResumed: counts.resumed, bytesPresent };
}

function sizeOf(files: readonly TransactionFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}
