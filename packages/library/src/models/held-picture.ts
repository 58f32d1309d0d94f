import { extensionOf, isModelkeepError, type ModelFile, type ModelRecord } from '@modelkeep/core';
import type { Picture } from '@modelkeep/formats';
import { contentPath } from '../blobs/blob-store.ts';
import { withBlobs } from '../blobs/recall-blob.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal The picture that the files of a model of the library hold, that of its weights first; null for none. */
export async function heldPicture(
  context: StoreContext,
  { files }: Pick<ModelRecord, 'files'>,
  signal?: AbortSignal,
): Promise<Picture | null> {
  for (const { sha256 } of files.filter((file) => mayHold(file))) {
    const read = async (): Promise<Picture | null> =>
      context.identifier.readPicture(await contentPath(context, sha256), { signal });
    try {
      const picture = await withBlobs(context, [sha256], read);
      if (picture !== null) return picture;
    } catch (error) {
      // What is not there now holds a picture another time.
      if (!isModelkeepError(error, 'io.not-found') && !isModelkeepError(error, 'io.permission')) throw error;
    }
  }
  return null;
}

/** Only the first of several shards has a header of its own to say. */
function mayHold({ role, officialName }: ModelFile): boolean {
  if (role === 'weights')
    return extensionOf(officialName) === 'safetensors' && !/-0000[2-9]-of-|-00[1-9]\d+-of-/u.test(officialName);
  return officialName.endsWith('.swarm.json');
}
