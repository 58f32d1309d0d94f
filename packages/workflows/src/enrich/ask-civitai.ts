import type { CivitaiModel, CivitaiVersion } from '@modelkeep/civitai-client';
import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import type { RefreshedModel } from '@modelkeep/library';
import { toldByCivitai } from './civitai-layer.ts';
import type { AskOptions } from './growing-report.ts';
import type { EnrichContext } from './enrich-types.ts';
import { knownHashes, singleWeights } from './known-hashes.ts';

/** @internal A model that Civitai may know, by the hash of its file: there is no asking without one. */
interface Candidate {
  readonly model: RefreshedModel;
  readonly file: ModelFile;
}

/**
 * @internal Asks Civitai about the models that it was not asked about: by SHA-256, a hundred at once; and for what it does
 * not know by the hash of the tensors, which an edit of the header leaves.
 */
export async function askCivitai(
  context: EnrichContext,
  models: readonly RefreshedModel[],
  options: AskOptions,
): Promise<void> {
  const { civitai, store, clock } = context;
  const { report, signal, offline = false, renew = false } = options;
  const candidates = models.flatMap((model): Candidate[] => {
    const file = singleWeights(model.record);
    return file === null || (model.layers.includes('civitai-api') && !renew) ? [] : [{ model, file }];
  });
  const hashes = candidates.map(({ file }) => file.sha256);
  const unasked = new Set(await civitai.unasked(hashes, { signal }));
  const open = candidates.filter(({ file }) => unasked.has(file.sha256));
  report.count('unknown', candidates.length - open.length);
  if (open.length === 0) return;
  if (offline) {
    for (const { model } of open) report.left(model.record, 'civitai', 'offline');
    return;
  }
  let found: ReadonlyMap<string, CivitaiVersion>;
  try {
    found = await civitai.versionsBySha256([...unasked], { signal });
    report.count('hashesAsked', unasked.size);
  } catch (error) {
    signal?.throwIfAborted();
    report.failed('civitai', null, error);
    for (const { model } of open) report.left(model.record, 'civitai', 'failed');
    return;
  }
  const pages = new Map<number, CivitaiModel | null>();
  for (const { model, file } of open) {
    signal?.throwIfAborted();
    try {
      const version = found.get(file.sha256) ?? (await byTensors(context, file, signal));
      if (version === null) {
        report.count('unknown');
        continue;
      }
      const page = options.pages === true ? await pageOf(context, { version, pages, signal }) : null;
      const { layer, source } = toldByCivitai({
        endpoint: civitai.endpoint,
        version,
        model: page ?? undefined,
        hashes: knownHashes(file),
        at: new Date(clock.now()).toISOString(),
      });
      const record = await store.tell(model.record, { layers: { 'civitai-api': layer }, sources: [source] });
      if (record.revision !== model.record.revision) report.gained(record, 'civitai');
    } catch (error) {
      signal?.throwIfAborted();
      if (isModelkeepError(error) && !isOfSite(error.code)) throw error;
      report.failed('civitai', model.record.id, error);
      report.left(model.record, 'civitai', 'failed');
    }
  }
}

/** What the site or the way to it answers, and not what the library does. */
function isOfSite(code: string): boolean {
  return code.startsWith('civitai.') || code.startsWith('network.');
}

async function byTensors(
  { civitai }: EnrichContext,
  { hashes }: ModelFile,
  signal: AbortSignal | undefined,
): Promise<CivitaiVersion | null> {
  const autoV3 = hashes?.autoV3 ?? null;
  return autoV3 === null ? null : civitai.versionByHash(autoV3, { signal });
}

interface PageOptions {
  readonly version: CivitaiVersion;
  readonly pages: Map<number, CivitaiModel | null>;
  readonly signal: AbortSignal | undefined;
}

/** Versions of one model share its page. One that is gone tells nothing. */
async function pageOf(
  { civitai }: EnrichContext,
  { version, pages, signal }: PageOptions,
): Promise<CivitaiModel | null> {
  const { modelId } = version;
  if (modelId === null) return null;
  const known = pages.get(modelId);
  if (known !== undefined) return known;
  let page: CivitaiModel | null = null;
  try {
    page = await civitai.model(modelId, { signal });
  } catch (error) {
    if (!isModelkeepError(error, 'civitai.not-found') && !isModelkeepError(error, 'civitai.removed')) throw error;
  }
  pages.set(modelId, page);
  return page;
}
