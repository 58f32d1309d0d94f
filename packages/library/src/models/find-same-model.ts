import { isModelkeepError, type ModelMetadata } from '@modelkeep/core';
import { isHere, type StoreContext } from '../store-context.ts';
import { fitsPipeline } from '../revisions/join-pipeline.ts';
import { modelsOfRepo } from '../revisions/models-of-source.ts';
import { weightsKey } from './file-order.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { readModel, type FoundModel } from './walk-models.ts';

/**
 * @internal The model of the library that a draft is, if there is one: the same set of weights, or another part of the
 * same set of shards or of the same pipeline. The index says where to look, the metadata on disk decides.
 */
export async function findSameModel(context: StoreContext, draft: ModelMetadata): Promise<FoundModel | null> {
  const first = await look(context, draft);
  if (first.found !== null || !first.isStale) return first.found;
  // Somebody moved or removed a model's folder: the index learns where everything is before a second copy is made.
  await rebuildIndex(context);
  return (await look(context, draft)).found;
}

async function look(
  context: StoreContext,
  draft: ModelMetadata,
): Promise<{ readonly found: FoundModel | null; readonly isStale: boolean }> {
  const indexed = new Set<string>();
  for (const file of draft.files) {
    if (file.role !== 'weights' && draft.expectedFiles.length < 2) continue;
    for (const { modelId } of await context.index.findByFileHash({ sha256: file.sha256 })) {
      const record = await context.index.get(modelId);
      if (record !== null && isHere(context, record)) indexed.add(record.slug);
    }
  }
  if (draft.format === 'diffusers') {
    for (const source of draft.sources) {
      const models = await modelsOfRepo(context.index, source);
      for (const record of models) if (isHere(context, record)) indexed.add(record.slug);
    }
  }
  let isStale = false;
  for (const slug of new Set([draft.slug, ...indexed])) {
    const found = await readIfThere(context, slug);
    if (found !== null && isSameModel(found.metadata, draft)) return { found, isStale };
    isStale ||= found === null && indexed.has(slug);
  }
  return { found: null, isStale };
}

const unreadable = ['io.not-found', 'library.corrupt-metadata', 'core.format-newer'] as const;

async function readIfThere(context: StoreContext, slug: string): Promise<FoundModel | null> {
  try {
    return await readModel(context.fileSystem, context.layout, slug);
  } catch (error) {
    // What cannot be read is left alone; a new model gets a folder beside it.
    if (unreadable.some((code) => isModelkeepError(error, code))) return null;
    throw error;
  }
}

function isSameModel(present: ModelMetadata, draft: ModelMetadata): boolean {
  // Files outside the library are not stored: what comes in beside them is a model of its own.
  if (present.place !== undefined) return false;
  if (weightsKey(present.files) === weightsKey(draft.files)) return true;
  return isSamePlace(present, draft) && (sharesShardSet(present, draft) || fitsPipeline(present, draft));
}

function sharesShardSet(present: ModelMetadata, draft: ModelMetadata): boolean {
  return draft.expectedFiles.length > 1 && present.expectedFiles.join('\n') === draft.expectedFiles.join('\n');
}

/** Whether both stand at the same place of one commit. */
function isSamePlace(present: ModelMetadata, draft: ModelMetadata): boolean {
  return draft.sources.some(({ provider, repo, commit, path }) =>
    present.sources.some(
      (source) =>
        source.provider === provider &&
        source.repo === repo &&
        commit !== null &&
        source.commit === commit &&
        source.path === path,
    ),
  );
}
