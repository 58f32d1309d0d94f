import { basename, join } from 'node:path';
import { isModelkeepError, startOperation, type Operation, type Progress } from '@modelkeep/core';
import { statusAt } from '../files/status-at.ts';
import { tidyWaiting } from '../folder-store/tidy-waiting.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { recoverTransactions } from '../transaction/recover.ts';
import { removeTree } from '../transaction/remove-tree.ts';
import { findLeftovers } from './find-leftovers.ts';
import { findOldQuarantine, findOldTrash, findUnneededBlobs, type FoundGarbage } from './find-garbage.ts';
import type { GcOptions, GcReport, GcTimes } from './gc-report.ts';
import { findUnfinishedFiles } from './find-unfinished-files.ts';
import { readMarks } from './read-marks.ts';
import { reportOf } from './report-of.ts';
import { closeTrashFolders, restoreNeeded } from './settle-trash.ts';
import { listTrash, openTrashFolder } from './trash.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * @internal G1 to G4: what nothing needs goes to the trash, what has been there for the grace time is deleted. Content that
 * is asked for meanwhile is linked back, by whoever asks or by this.
 */
export function collectGarbage(
  context: StoreContext,
  options: GcOptions & { readonly before: () => void },
): Operation<GcReport> {
  const { graceMs = DAY_MS, quarantineMs = 30 * DAY_MS, dryRun = false, signal } = options;
  return startOperation(async (report) => {
    signal?.throwIfAborted();
    report({ phase: 'planning' });
    const run = { graceMs, quarantineMs, signal, report };
    if (dryRun) return tellGarbage(context, run);
    options.before();
    return withLock(context, 'gc', () => removeGarbage(context, run), signal);
  });
}

interface GcRun extends GcTimes {
  readonly signal: AbortSignal | undefined;
  readonly report: (change: Partial<Progress>) => void;
}

async function tellGarbage(context: StoreContext, run: GcRun): Promise<GcReport> {
  const marks = await readMarks(context, run.signal);
  const leftovers = await findLeftovers(context);
  const old = await findOld(context, marks, run);
  const census = await findUnneededBlobs(context, marks, run);
  const trashed = (await listTrash(context)).flatMap(({ sha256s }) => sha256s);
  const restored = trashed.filter((sha256) => marks.has(sha256));
  return reportOf({ dryRun: true, items: [...leftovers, ...old, ...census.garbage], restored, census });
}

async function removeGarbage(context: StoreContext, run: GcRun): Promise<GcReport> {
  const leftovers = await findLeftovers(context);
  const { moved } = await recoverTransactions(context);
  const marks = await readMarks(context, run.signal);
  const restored = await restoreNeeded(context, marks);
  await closeTrashFolders(context);
  await tidyWaiting(context, run.signal);

  // What is needed is out of the trash. Who comes for the rest from now on finds it there, or fetches it anew.
  const old = await findOld(context, marks, run);
  for (const item of old) {
    run.signal?.throwIfAborted();
    await removeTree(context.fileSystem, item.absolutePath);
  }
  await removeEmptyFolders(context);

  const census = await findUnneededBlobs(context, marks, run);
  const taken = await trashBlobs(context, census.garbage, run);
  run.report({ phase: 'done', fraction: 1, file: null });
  const trashed = census.garbage.filter(({ sha256 }) => !taken.includes(sha256 ?? ''));
  const gone: FoundGarbage[] = [];
  for (const item of leftovers) if ((await statusAt(context.fileSystem, item.absolutePath)) === null) gone.push(item);
  const items = [...gone, ...old, ...trashed];
  return reportOf({ dryRun: false, items, restored: [...restored, ...taken], moved, census });
}

async function findOld(
  context: StoreContext,
  marks: Awaited<ReturnType<typeof readMarks>>,
  run: GcRun,
): Promise<FoundGarbage[]> {
  const unfinished = await findUnfinishedFiles(context, run.signal);
  return [...unfinished, ...(await findOldTrash(context, marks, run)), ...(await findOldQuarantine(context, run))];
}

/** G2 and G3. @returns what turned out to be needed after all */
async function trashBlobs(context: StoreContext, garbage: readonly FoundGarbage[], run: GcRun): Promise<string[]> {
  if (garbage.length === 0) return [];
  const { fileSystem, layout } = context;
  const folder = await openTrashFolder(context);
  try {
    for (const [position, { absolutePath, path }] of garbage.entries()) {
      const fraction = position / garbage.length;
      run.report({ phase: 'collecting', file: path, filesDone: position, filesTotal: garbage.length, fraction });
      run.signal?.throwIfAborted();
      await renameIfThere(context, absolutePath, join(folder, basename(absolutePath)));
    }
    // The new names before the old ones: a power loss in between leaves a blob with either.
    await fileSystem.fsyncFolder(folder);
    await fileSystem.fsyncFolder(layout.blobs);
  } catch (error) {
    // The folder stays open until somebody has looked again; now is the best time.
    await lookAgain(context).catch((failure: unknown) =>
      context.logger.warn('the trash is settled later', { error: String(failure) }),
    );
    throw error;
  }
  return lookAgain(context);
}

async function lookAgain(context: StoreContext): Promise<string[]> {
  const restored = await restoreNeeded(context, await readMarks(context));
  await closeTrashFolders(context);
  return restored;
}

async function removeEmptyFolders(context: StoreContext): Promise<void> {
  for (const { path } of await listTrash(context)) {
    if ((await context.fileSystem.readdir(path)).length === 0) await context.fileSystem.rmdir(path);
  }
}

async function renameIfThere({ fileSystem }: StoreContext, from: string, to: string): Promise<void> {
  try {
    await fileSystem.rename(from, to);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
}
