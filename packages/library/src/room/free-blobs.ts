import { basename, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { blobPath } from '../blobs/blob-store.ts';
import { statusAt } from '../files/status-at.ts';
import { readMarks } from '../gc/read-marks.ts';
import { closeTrashFolders, restoreNeeded } from '../gc/settle-trash.ts';
import { openTrashFolder } from '../gc/trash.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { namesInTrash } from './names-in-trash.ts';

/**
 * @internal Removes blobs that nothing needs any more, at once. They go through an open folder of the trash as in a
 * collection of garbage, and what is needed after a second look is linked back. Whoever wants one of them from then on has
 * pinned it before he looks: he finds it in the trash and links it back, or finds nothing and fetches it; removing a name
 * takes nothing from who has another one.
 *
 * @returns what the drive has got back
 */
export async function freeBlobs(
  context: StoreContext,
  sha256s: Iterable<string>,
  signal?: AbortSignal,
): Promise<number> {
  return withLock(context, 'gc', () => freeLocked(context, new Set(sha256s), signal), signal);
}

async function freeLocked(context: StoreContext, sha256s: ReadonlySet<string>, signal?: AbortSignal): Promise<number> {
  const { fileSystem, layout } = context;
  const marks = await readMarks(context, signal);
  const unneeded = [...sha256s].filter((sha256) => !marks.has(sha256));
  const there: string[] = [];
  for (const path of unneeded.map((sha256) => blobPath(context, sha256)))
    if ((await statusAt(fileSystem, path)) !== null) there.push(path);
  if (there.length === 0) return 0;
  const inTrash = await namesInTrash(context);
  for (const path of unneeded.flatMap((sha256) => inTrash.get(sha256) ?? []))
    await ifThere(() => fileSystem.unlink(path));
  const folder = await openTrashFolder(context);
  let bytes = 0;
  try {
    for (const path of there) await ifThere(() => fileSystem.rename(path, join(folder, basename(path))));
    await fileSystem.fsyncFolder(folder);
    await fileSystem.fsyncFolder(layout.blobs);
    await restoreNeeded(context, await readMarks(context));
    for (const { name } of await fileSystem.readdir(folder)) {
      const path = join(folder, name);
      const status = await statusAt(fileSystem, path);
      await ifThere(() => fileSystem.unlink(path));
      if (status?.linkCount === 1) bytes += status.diskBytes;
    }
    await fileSystem.rmdir(folder);
  } catch (error) {
    // The folder stays open: whoever opens the library next, or the next collection, looks again whether it is needed.
    context.logger.warn('blobs that were to be freed are left to a collection of garbage', { folder });
    throw error;
  }
  await closeTrashFolders(context);
  return bytes;
}

async function ifThere(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
