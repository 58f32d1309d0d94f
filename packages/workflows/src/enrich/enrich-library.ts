import { isModelkeepError, startOperation, type ModelRecord, type Operation } from '@modelkeep/core';
import type { RefreshedModel } from '@modelkeep/library';
import { listAllModels } from '../link/list-all-models.ts';
import { askCivitai } from './ask-civitai.ts';
import { askHub } from './ask-hub.ts';
import type { EnrichContext, EnrichOptions, EnrichReport } from './enrich-types.ts';
import { findPreviews } from './find-previews.ts';
import { createGrowingReport, type GrowingReport } from './growing-report.ts';

/** Models that a site is asked about at once. */
const BATCH = 100;

/**
 * Brings what is known of models together: from their sidecars and headers, from Civitai, from the hub; and pictures. Each source has its
 * own layer; what a person stated stays, and a second run asks nobody and writes nothing.
 *
 * `result` rejects with `library.read-only`, `library.model-not-found`, `library.ambiguous-id`, `io.*` and the signal's
 * reason. A source that cannot be asked is a failure of the report.
 */
export function enrichLibrary(context: EnrichContext, options: EnrichOptions = {}): Operation<EnrichReport> {
  return startOperation(async (tell) => {
    const report = createGrowingReport();
    tell({ phase: 'identifying' });
    let filesDone = 0;
    for await (const batch of batches(context, options)) {
      options.signal?.throwIfAborted();
      const models: RefreshedModel[] = [];
      for (const model of batch) {
        options.signal?.throwIfAborted();
        const refreshed = await refresh(context, model, { report, signal: options.signal });
        if (refreshed !== null) models.push(refreshed);
      }
      await askCivitai(context, models, { ...options, report });
      await askHub(context, models, { ...options, report });
      await findPreviews(context, models, { ...options, report });
      filesDone += batch.length;
      tell({ filesDone, file: batch.at(-1)?.officialName ?? null });
    }
    tell({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    return report.done();
  });
}

async function refresh(
  { store, logger }: EnrichContext,
  model: ModelRecord,
  { report, signal }: { readonly report: GrowingReport; readonly signal: AbortSignal | undefined },
): Promise<RefreshedModel | null> {
  report.count('total');
  try {
    const refreshed = await store.refresh(model, { signal });
    if (refreshed.changed) report.gained(model, 'local');
    return refreshed;
  } catch (error) {
    // A model that went meanwhile, or that only `verify` can tell more of.
    const isItsOwn = isModelkeepError(error, 'library.corrupt-metadata') || isModelkeepError(error, 'io.not-found');
    if (!isItsOwn) throw error;
    logger.warn('a model is left out: its metadata cannot be read', { id: model.id, error: String(error) });
    return null;
  }
}

async function* batches({ store }: EnrichContext, { models, signal }: EnrichOptions): AsyncGenerator<ModelRecord[]> {
  let batch: ModelRecord[] = [];
  const add = function* (model: ModelRecord): Generator<ModelRecord[]> {
    batch.push(model);
    if (batch.length < BATCH) return;
    yield batch;
    batch = [];
  };
  if (models === undefined) for await (const model of listAllModels(store, { signal })) yield* add(model);
  else for (const reference of models) yield* add(await store.resolve(reference));
  if (batch.length > 0) yield batch;
}
