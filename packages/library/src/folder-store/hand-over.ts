import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import { fileAt } from '../files/status-at.ts';
import { readModel } from '../models/walk-models.ts';
import { readPlaces } from '../repair/places.ts';
import type { StoreContext } from '../store-context.ts';
import { bringFiles } from './bring-files.ts';
import { isFolderStore, waitingPath } from './contents.ts';

/**
 * @internal Content that other models only referred to goes to one of them, now that its model is gone. What cannot be
 * handed over waits. Who needs it is told by the metadata and not by the index.
 */
export async function handOver(context: StoreContext, files: readonly Pick<ModelFile, 'sha256'>[]): Promise<void> {
  if (!isFolderStore(context)) return;
  const waiting: string[] = [];
  for (const sha256 of new Set(files.map((file) => file.sha256))) {
    if ((await fileAt(context.fileSystem, waitingPath(context, sha256))) !== null) waiting.push(sha256);
  }
  if (waiting.length === 0) return;
  const places = await readPlaces(context);
  for (const slug of new Set(waiting.flatMap((sha256) => (places.get(sha256) ?? []).map((place) => place.slug)))) {
    try {
      await bringFiles(context, await readModel(context.fileSystem, context.layout, slug));
    } catch (error) {
      // A drive that fails is asked again by the next start; a model that lacks its bytes anyway is left to a repair.
      const isTheirs =
        isModelkeepError(error, 'io.not-found') ||
        isModelkeepError(error, 'library.corrupt-metadata') ||
        isModelkeepError(error, 'core.format-newer');
      if (!isTheirs) throw error;
      context.logger.warn('content of a model that is gone waits for another one', { slug, reason: error.message });
    }
  }
}
