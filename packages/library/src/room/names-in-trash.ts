import { join } from 'node:path';
import { blobStatus } from '../blobs/blob-store.ts';
import { statusAt } from '../files/status-at.ts';
import { trashedModels } from '../models/undelete-model.ts';
import type { StoreContext } from '../store-context.ts';

/**
 * @internal Names that blobs have in the trash although nobody has deleted their model: what a move has left there. They keep bytes
 * that nobody could bring back by them. By content.
 */
export async function namesInTrash(context: StoreContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>();
  for await (const { entry, found } of trashedModels(context)) {
    // Looked for after the entry was read: who deletes the model from now on makes another one.
    if ((await context.index.get(found.metadata.id)) === null) continue;
    for (const { name, sha256 } of found.metadata.files) {
      const path = join(entry, name);
      const [blob, status] = [await blobStatus(context, sha256), await statusAt(context.fileSystem, path)];
      if (blob === null || status?.inode !== blob.inode || status.device !== blob.device) continue;
      names.set(sha256, [...(names.get(sha256) ?? []), path]);
    }
  }
  return names;
}
