import { newId, type ModelMetadata, type ModelRecord } from '@modelkeep/core';
import { changesBetween, grownHistory } from '../metadata/history.ts';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { isWritable, metadataVersions } from '../metadata/schema-versions.ts';
import { lockOf, readSameModel } from '../models/change-model.ts';
import { commitModel, type CommitModelOptions } from '../models/commit-model.ts';
import { weightsKey } from '../models/file-order.ts';
import { releaseModel } from '../models/release-model.ts';
import type { RemovalPlan } from '../models/removal-plan.ts';
import type { FoundModel } from '../models/walk-models.ts';
import { chooseSlug } from '../names/slug.ts';
import { openScanState } from '../state/scan-state.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import { trashName } from '../volume/trash.ts';
import { isOutside } from './find-adopted.ts';
import { takenIn } from './taken-in.ts';

/** @internal What {@link takeIn} commits. */
export interface TakeInOptions extends Omit<CommitModelOptions, 'metadata' | 'overrides'> {
  /** The model, where it was found outside the library. */
  readonly adopted: FoundModel;
  /** The same model as its stored files make it. */
  readonly draft: ModelMetadata;
  /** The volume with the metadata of models outside the library. */
  readonly from: StoreContext;
}

/**
 * @internal Makes a model whose files are outside the library one of the library's own: its content is stored by now. It is
 * committed in its new folder by one rename, with its id and all that is known of it, and then its old metadata goes. A
 * process that dies in between leaves it to the next start, as for a move between volumes.
 *
 * @returns null where it was changed or taken in by somebody else meanwhile
 */
export async function takeIn(context: StoreContext, options: TakeInOptions): Promise<ModelRecord | null> {
  const { adopted, from } = options;
  const { id } = adopted.metadata;
  return withLock(from, lockOf({ id }), async () => {
    const now = await readSameModel(from, { id, slug: adopted.slug });
    const isSame = isOutside(now, weightsKey(options.draft.files));
    if (!isSame || !isWritable(now.metadata, metadataVersions)) return null;
    const { overrides, slug } = now;
    const metadata = nextMetadata(context, now, options.draft);
    const removal = { id, slug, trash: trashName(from.clock.now()) };
    const move = { ...removal, toVolumeId: context.volume.volumeId, revision: now.metadata.revision };
    const record = await finishing(from, {
      txn: newId(),
      intent: { move },
      async work() {
        const committed = await commitModel(context, { ...options, metadata, overrides });
        await releaseModel(from, { found: now, removal, plan: nothingToRemove(now) });
        return committed;
      },
    });
    await noteAsStored(from, metadata);
    return record;
  });
}

function nextMetadata(context: StoreContext, now: FoundModel, draft: ModelMetadata): ModelMetadata {
  const { overrides } = now;
  const merged = takenIn(now.metadata, draft);
  const cause = { at: timestamp(context), revision: now.metadata.revision + 1, by: 'edit' } as const;
  const changes = changesBetween(now, { metadata: merged, overrides }, cause);
  const { type, family, officialName } = effectiveRecord(merged, overrides);
  return {
    ...merged,
    ...(changes.length === 0 ? {} : { history: grownHistory(merged.history, changes) }),
    slug: chooseSlug({ type, family, name: officialName }),
    revision: cause.revision,
    txn: draft.txn,
    updatedAt: cause.at,
  };
}

/** @internal The files of a model outside are their owner's. */
export function nothingToRemove({ metadata: { id }, slug, folder }: FoundModel): RemovalPlan {
  return { modelId: id, slug, folder, files: [], kept: [], bytesToCollect: 0, bytesShared: 0, companionOf: [] };
}

/** @internal What stays outside with the content of a model of the library is there twice from now on. */
export async function noteAsStored(
  from: StoreContext,
  { id, files }: Pick<ModelMetadata, 'id' | 'files'>,
): Promise<void> {
  const weights = files.filter(({ role }) => role === 'weights').map(({ sha256 }) => sha256);
  await openScanState(from).noteDuplicates(weights, id);
}
