import { dirname, join } from 'node:path';
import { isModelkeepError, newId } from '@modelkeep/core';
import { handOver } from '../folder-store/hand-over.ts';
import { withdrawFiles } from '../folder-store/withdraw-files.ts';
import { METADATA_FILE } from '../metadata/metadata-file.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import type { RecordedRemoval } from '../transaction/transaction-record.ts';
import { ensureRealFolder, isRealFolder } from '../volume/require-real-folders.ts';
import { trashFolder, trashName } from '../volume/trash.ts';
import { lockOf, readSameModel } from './change-model.ts';
import { clearFolder, moveFile, removeIfEmpty } from './clear-folder.ts';
import { contentLockOf } from './content-lock.ts';
import { metadataFolder } from './model-folder.ts';
import { onDisk } from './on-disk.ts';
import { planRemoval, type RemovalPlan } from './removal-plan.ts';
import { readModelIn, type FoundModel } from './walk-models.ts';

/** How a model is deleted. */
export interface RemoveOptions {
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was deleted, or would be. */
export interface RemovalReport extends RemovalPlan {
  readonly removed: boolean;
}

/**
 * @internal Takes a model out of the library. The rename of its metadata.json into the trash is the commit: before it the
 * model is whole, after it the rest is derived and finished by the next start if this process cannot. What the library
 * does not own stays in the folder; the blobs stay until they are collected.
 *
 * @throws `library.model-not-found`, `library.ambiguous-id`, `io.*`
 */
export async function removeModel(
  context: StoreContext,
  reference: string,
  { dryRun = false, signal }: RemoveOptions,
): Promise<RemovalReport> {
  return onDisk(context, reference, async (model, home) => {
    const found = await readSameModel(home, model);
    // What takes long comes before the locks: other processes wait for them.
    const plan = await planRemoval(home, found, signal);
    if (dryRun) return { ...plan, removed: false };
    const remove = (): Promise<RemovalReport> => removeLocked(home, { found, plan, signal });
    const removeAlone = (): Promise<RemovalReport> => withLock(home, lockOf(model), remove, signal);
    return withLock(home, contentLockOf(found.metadata), removeAlone, signal);
  });
}

interface PlannedRemoval {
  readonly found: FoundModel;
  readonly plan: RemovalPlan;
  readonly signal: AbortSignal | undefined;
}

async function removeLocked(context: StoreContext, planned: PlannedRemoval): Promise<RemovalReport> {
  const { found, signal } = planned;
  const { id } = found.metadata;
  const now = await readSameModel(context, { id, slug: found.slug });
  const isSame = now.metadata.revision === found.metadata.revision;
  const plan = isSame ? planned.plan : await planRemoval(context, now, signal);
  const removal = { id, slug: found.slug, trash: trashName(context.clock.now()) };
  const entry = entryOf(context, removal);
  signal?.throwIfAborted();
  const { folder } = found;
  const work = async (): Promise<void> => {
    await ensureRealFolder(context.fileSystem, context.layout.root, entry);
    await moveFile(context, { from: folder, to: entry, name: METADATA_FILE });
    await withdrawFiles(context, { folder, files: plan.files });
    await clearFolder(context, { folder, entry, names: plan.files.map(({ name }) => name) });
    await context.index.remove([id]);
    await handOver(context, now.metadata.files);
  };
  await finishing(context, { txn: newId(), intent: { removal }, work });
  return { ...plan, removed: true };
}

/**
 * @internal Finishes a deletion whose process is gone.
 *
 * @returns whether it had been committed
 */
export async function finishRemoval(context: StoreContext, removal: RecordedRemoval): Promise<boolean> {
  const entry = entryOf(context, removal);
  return withLock(context, lockOf(removal), async () => {
    try {
      const deleted = await readModelIn(context.fileSystem, { folder: entry, slug: removal.slug });
      if (deleted.metadata.id !== removal.id) return false;
      await finishFolder(context, { deleted, entry, folder: metadataFolder(context.layout, removal) });
      await context.index.remove([removal.id]);
      await handOver(context, deleted.metadata.files);
      return true;
    } catch (error) {
      if (isModelkeepError(error, 'io.not-found')) {
        await removeIfEmpty(context, entry);
        await removeIfEmpty(context, dirname(entry));
        return false;
      }
      if (!unreadable.some((code) => isModelkeepError(error, code))) throw error;
      // It is in the trash, and what else of it is in the folder stays there.
      context.logger.warn('a deleted model could not be tidied up: its metadata cannot be read', { entry });
      await context.index.remove([removal.id]);
      return true;
    }
  });
}

const unreadable = ['library.corrupt-metadata', 'core.format-newer'] as const;

/** @internal A model's place in the trash, and the folder that it was in. */
export interface DeletedFolder {
  readonly deleted: FoundModel;
  readonly entry: string;
  readonly folder: string;
}

/** Another model may have taken the place since. */
/** @internal */
export async function finishFolder(context: StoreContext, { deleted, entry, folder }: DeletedFolder): Promise<void> {
  const { fileSystem, layout } = context;
  if (!(await isRealFolder(fileSystem, layout.root, folder))) return;
  if ((await fileSystem.readdir(folder)).some(({ name }) => name === METADATA_FILE)) return;
  const { files } = await planRemoval(context, { ...deleted, folder });
  await withdrawFiles(context, { folder, files });
  await clearFolder(context, { folder, entry, names: files.map(({ name }) => name) });
}

/** @internal Where a model is that was taken out. */
export function entryOf(context: StoreContext, { trash, id }: RecordedRemoval): string {
  return join(trashFolder(context.layout), trash, id);
}
