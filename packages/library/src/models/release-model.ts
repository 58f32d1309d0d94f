import { withdrawFiles } from '../folder-store/withdraw-files.ts';
import { handOver } from '../folder-store/hand-over.ts';
import { METADATA_FILE } from '../metadata/metadata-file.ts';
import type { StoreContext } from '../store-context.ts';
import type { RecordedRemoval } from '../transaction/transaction-record.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';
import { clearFolder, moveFile } from './clear-folder.ts';
import { planRemoval, type RemovalPlan } from './removal-plan.ts';
import { entryOf } from './remove-model.ts';
import type { FoundModel } from './walk-models.ts';

/** @internal What {@link releaseModel} takes out. */
export interface ReleasedModel {
  readonly found: FoundModel;
  readonly removal: RecordedRemoval;
  /** What was planned before, while nobody waited. */
  readonly plan?: RemovalPlan | undefined;
}

/** @internal Takes a model out of a volume that it has left; the index is not asked, because it is on another one now. */
export async function releaseModel(context: StoreContext, released: ReleasedModel): Promise<RemovalPlan> {
  const { found, removal } = released;
  const { folder } = found;
  const plan = released.plan ?? (await planRemoval(context, found));
  const entry = entryOf(context, removal);
  await ensureRealFolder(context.fileSystem, context.layout.root, entry);
  await moveFile(context, { from: folder, to: entry, name: METADATA_FILE });
  await withdrawFiles(context, { folder, files: plan.files });
  await clearFolder(context, { folder, entry, names: plan.files.map(({ name }) => name) });
  await handOver(context, found.metadata.files);
  return plan;
}
