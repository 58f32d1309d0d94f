import {
  createRateMeter,
  ModelkeepError,
  startOperation,
  type Clock,
  type Logger,
  type ModelRecord,
  type Operation,
  type Progress,
} from '@modelkeep/core';
import type { HubClient } from '@modelkeep/hf-client';
import type { Io } from '@modelkeep/io';
import type { LibraryStore, Transaction, TransactionFile } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';
import { fetchToPart } from '@modelkeep/transfer';
import pMap from 'p-map';
import type { DownloadPlan } from './download-plan.ts';

/** Small files would wait for large ones in a row; more connections than this gain nothing on one origin. */
const FILES_AT_ONCE = 4;

/** What {@link download} works with. */
export interface DownloadContext {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly store: LibraryStore;
  readonly io: Io;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a download gave. */
export interface DownloadResult {
  /** The models that the files make, those that were here already included. */
  readonly models: readonly ModelRecord[];
  /** Bytes that came over the network for this result in this call. */
  readonly bytesFetched: number;
  /** Bytes that an earlier download, which did not end, had left. */
  readonly bytesResumed: number;
  /** Bytes that the library had already. */
  readonly bytesPresent: number;
}

/** A download that runs. Aborting the signal it was given pauses it: what is on disk is resumed by the next one. */
export interface Download extends Operation<DownloadResult> {
  /** Stops and removes what was fetched. `result` rejects with an `AbortError`. */
  cancel(): Promise<void>;
}

/** How a download is run. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches what a plan needs, verifies it while it streams, stores each content once and adds the models to the library.
 *
 * `result` rejects with `workflows.waiting-for-user` when a person has to accept or to give a token first,
 * `transfer.integrity` when the bytes are not what the hub promised (nothing is published then), `transfer.*`,
 * `network.*`, `io.disk-full`, and with the signal's reason.
 */
export function download(context: DownloadContext, plan: DownloadPlan, options: DownloadOptions = {}): Download {
  const cancelled = new AbortController();
  const signal = options.signal === undefined ? cancelled.signal : AbortSignal.any([options.signal, cancelled.signal]);
  const operation = startOperation((report) => run(context, plan, { signal, cancelled: cancelled.signal, report }));
  return {
    ...operation,
    async cancel() {
      cancelled.abort(new DOMException('the download was cancelled', 'AbortError'));
      await operation.result.catch(() => {});
    },
  };
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly cancelled: AbortSignal;
  readonly report: (change: Partial<Progress>) => void;
}

async function run(context: DownloadContext, plan: DownloadPlan, options: RunOptions): Promise<DownloadResult> {
  const { signal, report } = options;
  signal.throwIfAborted();
  refuseOtherHub(context.hub.endpoint, plan);
  refuseClosedGate(plan);
  const transaction = await context.store.begin(
    plan.files.map(({ path, sizeBytes, sha256, gitSha1 }) => ({
      name: path,
      sizeBytes,
      sha256,
      gitSha1,
      source: {
        provider: 'hf',
        endpoint: plan.endpoint,
        repo: plan.repo,
        revision: plan.revision,
        commit: plan.commit,
        path,
      },
    })),
    { signal },
  );
  try {
    const fetched = await fetchFiles(context, { plan, transaction, signal, report });
    report({ phase: 'identifying', file: null, etaMs: null });
    const models = await transaction.commit({
      sourceName: plan.repo.slice(plan.repo.indexOf('/') + 1),
      sourceGroup: `hf:${plan.repo}`,
      layers: {
        hub: {
          facts: {
            licence: plan.licence,
            tags: plan.tags.length === 0 ? null : plan.tags,
            description: plan.description,
          },
          at: new Date(context.clock.now()).toISOString(),
        },
      },
      signal,
    });
    report({ phase: 'done', fraction: 1, etaMs: 0 });
    return { models, ...fetched };
  } catch (error) {
    await transaction.abandon(context.logger, { keepParts: !options.cancelled.aborted });
    throw error;
  }
}

interface FetchFilesOptions {
  readonly plan: DownloadPlan;
  readonly transaction: Transaction;
  readonly signal: AbortSignal;
  readonly report: (change: Partial<Progress>) => void;
}

async function fetchFiles(
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

/** A plan names the hub that it was made for; what another hub says under the same names is something else. */
function refuseOtherHub(endpoint: string, plan: DownloadPlan): void {
  if (plan.endpoint === endpoint || plan.bytesNeeded === 0) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `the plan was made for ${plan.endpoint} and this library downloads from ${endpoint}`,
    facts: { argument: 'plan.endpoint', found: plan.endpoint },
    hint: 'plan the download again',
  });
}

function refuseClosedGate({ gate, repo, bytesNeeded }: DownloadPlan): void {
  if (gate === null || gate.granted || bytesNeeded === 0) return;
  const reason = gate.reason ?? 'gate';
  throw new ModelkeepError('workflows.waiting-for-user', {
    message:
      reason === 'token'
        ? `${repo} is gated: the hub wants a token of somebody who accepted its conditions`
        : `${repo} is gated: its conditions have to be accepted first`,
    facts: { reason, url: gate.acceptUrl },
    hint: `accept the conditions at ${gate.acceptUrl}${reason === 'token' ? ' and pass a token' : ''}, then start the download again`,
  });
}
