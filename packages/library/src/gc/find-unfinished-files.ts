import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { fileAt } from '../files/status-at.ts';
import { isLeftover } from '../models/clear-folder.ts';
import { walkModelFolders } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';
import { LEFTOVER_AFTER_MS } from '../transaction/sweep-leftovers.ts';
import { fileItem, type FoundGarbage } from './find-garbage.ts';
import { readFolder } from './trash.ts';

/** @internal What processes that died while they wrote a file have left beside the one that it was to replace. */
export async function findUnfinishedFiles(context: StoreContext, signal?: AbortSignal): Promise<FoundGarbage[]> {
  const { fileSystem, layout, clock } = context;
  const garbage: FoundGarbage[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const { name, kind } of await readFolder(context, folder)) {
      if (kind !== 'file' || !isLeftover(name)) continue;
      const path = join(folder, name);
      const status = await fileAt(fileSystem, path);
      // The process that writes it may be there still.
      if (status === null || clock.now() - status.mtimeMs < LEFTOVER_AFTER_MS) continue;
      garbage.push({ ...fileItem(context, path, status), kind: 'leftover', reason: 'nobody finishes to write it' });
    }
  };
  for (const folder of [layout.root, layout.private]) await look(folder);
  for await (const slug of walkModelFolders(fileSystem, layout)) {
    signal?.throwIfAborted();
    await look(join(layout.root, slug)).catch(leaveGone);
  }
  return garbage;
}

/** Somebody may remove a model meanwhile. */
function leaveGone(error: unknown): void {
  if (!isModelkeepError(error, 'io.not-found')) throw error;
}
