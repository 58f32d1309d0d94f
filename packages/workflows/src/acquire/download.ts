import { startOperation, type Operation, type Progress } from '@modelkeep/core';
import type { DownloadPlan } from './download-plan.ts';
import type { DownloadContext, DownloadResult } from './download-types.ts';
import { fetchFiles } from './fetch-files.ts';
import { refuseClosedGate, refuseOtherHub } from './refuse-plan.ts';

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
