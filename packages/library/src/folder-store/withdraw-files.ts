import { dirname, join } from 'node:path';
import { isModelkeepError, type ModelFile, type ModelMetadata } from '@modelkeep/core';
import { fileAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';
import { isRealFolder } from '../volume/require-real-folders.ts';
import { isFolderStore, moveDurably, waitingPath } from './contents.ts';

type Content = Pick<ModelFile, 'name' | 'sha256' | 'sizeBytes'>;

/** @internal Whose files are withdrawn. Their content was compared with the metadata. */
export interface WithdrawnFiles {
  readonly folder: string;
  readonly files: readonly Content[];
}

/** @internal The bytes of a model that goes wait for another one, or for the collection of garbage. */
export async function withdrawFiles(context: StoreContext, { folder, files }: WithdrawnFiles): Promise<void> {
  if (!isFolderStore(context)) return;
  for (const { name, sha256, sizeBytes } of files) {
    const path = join(folder, name);
    const status = await fileAt(context.fileSystem, path);
    if (status?.sizeBytes !== sizeBytes) continue;
    try {
      await moveDurably(context, path, waitingPath(context, sha256));
    } catch (error) {
      // Another process finishes the same work.
      if (!isModelkeepError(error, 'io.not-found')) throw error;
    }
  }
}

/**
 * @internal Before the metadata names other bytes for a file, its present ones go to what waits: the model is whole in
 * either state, and what somebody has written into the file stays in it.
 */
export async function withdrawReplaced(
  context: StoreContext,
  { folder, present, next }: { readonly folder: string; readonly present: ModelMetadata; readonly next: ModelMetadata },
): Promise<void> {
  if (present.place !== undefined || present.files === next.files) return;
  const kept = new Map(next.files.map(({ name, sha256 }) => [name, sha256]));
  const gone: Content[] = [];
  for (const file of present.files) {
    if (kept.get(file.name) === file.sha256) continue;
    const path = join(folder, file.name);
    if (!(await isRealFolder(context.fileSystem, context.layout.root, dirname(path)))) continue;
    const status = await fileAt(context.fileSystem, path);
    if (status?.sizeBytes !== file.sizeBytes) continue;
    const { digests } = await context.io.hashFile(path, { algorithms: ['sha256'] });
    if (digests.sha256 === file.sha256) gone.push(file);
  }
  await withdrawFiles(context, { folder, files: gone });
}
