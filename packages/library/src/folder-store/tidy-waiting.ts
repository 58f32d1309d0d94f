import { isModelkeepError, isSha256 } from '@modelkeep/core';
import { fileAt } from '../files/status-at.ts';
import { readModel } from '../models/walk-models.ts';
import { hasContent } from '../repair/has-content.ts';
import { readPlaces, type Place } from '../repair/places.ts';
import type { StoreContext } from '../store-context.ts';
import { bringFiles } from './bring-files.ts';
import { isFolderStore, waitingPath } from './contents.ts';

/**
 * @internal What waits and is needed goes to the models that lack it. Bytes that came twice, because two processes brought
 * them at once, are here once afterwards.
 */
export async function tidyWaiting(context: StoreContext, signal?: AbortSignal): Promise<void> {
  if (!isFolderStore(context)) return;
  const waiting = (await context.fileSystem.readdir(context.layout.blobs)).filter(({ name }) => isSha256(name));
  if (waiting.length === 0) return;
  const places = await readPlaces(context, signal);
  for (const { name: sha256 } of waiting) {
    const here = places.get(sha256) ?? [];
    for (const slug of new Set(here.map((place) => place.slug))) {
      await bringFiles(context, await readModel(context.fileSystem, context.layout, slug)).catch(leaveToRepair);
    }
    const path = waitingPath(context, sha256);
    if ((await fileAt(context.fileSystem, path)) === null || !(await isElsewhere(context, sha256, here))) continue;
    await context.fileSystem.unlink(path).catch(leaveToRepair);
  }
}

async function isElsewhere(context: StoreContext, sha256: string, here: readonly Place[]): Promise<boolean> {
  for (const { path } of here) {
    if ((await fileAt(context.fileSystem, path)) === null) continue;
    if (await hasContent(context, path, { sha256, signal: undefined })) return true;
  }
  return false;
}

/** A model without its bytes is found by a verification; what else waits is tidied all the same. */
function leaveToRepair(error: unknown): void {
  if (!isModelkeepError(error, 'io.not-found')) throw error;
}
