import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { linkBack } from '../blobs/recall-blob.ts';
import { withFreeLock, type StoreContext } from '../store-context.ts';
import { readMarks } from './read-marks.ts';
import { listTrash, OPEN_SUFFIX } from './trash.ts';

/** @internal Links back what is needed of all that is in the trash. @returns its digests */
export async function restoreNeeded(context: StoreContext, marks: ReadonlySet<string>): Promise<string[]> {
  const restored: string[] = [];
  for (const { path, sha256s } of await listTrash(context)) {
    for (const sha256 of sha256s) {
      if (!marks.has(sha256)) continue;
      await linkBack(context, { folder: path, sha256 });
      restored.push(sha256);
    }
  }
  return restored;
}

/** @internal Says of the open folders in the trash that everything needed was taken out of them. */
export async function closeTrashFolders(context: StoreContext): Promise<void> {
  const { fileSystem, layout } = context;
  const open = (await listTrash(context)).filter(({ isOpen }) => isOpen);
  for (const { name, path } of open) {
    await fileSystem.rename(path, join(layout.trash, name.slice(0, -OPEN_SUFFIX.length)));
  }
  if (open.length > 0) await fileSystem.fsyncFolder(layout.trash);
}

/**
 * @internal What a gc that died has left between G2 and G3: blobs that somebody needed meanwhile are linked back. Metadata
 * that cannot be read puts it off; whoever needs a blob takes it out of the trash by himself.
 */
export async function settleTrash(context: StoreContext): Promise<void> {
  if (!(await listTrash(context)).some(({ isOpen }) => isOpen)) return;
  const settle = async (): Promise<void> => {
    await restoreNeeded(context, await readMarks(context));
    await closeTrashFolders(context);
  };
  try {
    await withFreeLock(context, 'gc', settle);
  } catch (error) {
    const isPutOff =
      isModelkeepError(error, 'library.corrupt-metadata') || isModelkeepError(error, 'library.gc-refused');
    if (!isPutOff) throw error;
    context.logger.warn('the trash is settled later', { reason: error.message });
  }
}
