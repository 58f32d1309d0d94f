import { dirname, join } from 'node:path';
import { newId, type ModelRecord } from '@modelkeep/core';
import { METADATA_FILE, serialiseMetadata } from '../metadata/metadata-file.ts';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { metadataVersions, requireWritable } from '../metadata/schema-versions.ts';
import { chooseSlug, slugWithSuffix } from '../names/slug.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import { writeFileAtomic } from '@modelkeep/io';
import { statusAt } from '../files/status-at.ts';
import { leasedModels } from '../room/leases.ts';
import { findOnDisk } from '../volumes/find-on-disk.ts';
import { inUse } from '../volumes/move-errors.ts';
import type { VolumeSet } from '../volumes/volume-set.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';
import { lockOf, readSameModel } from './change-model.ts';
import { removeIfEmpty } from './clear-folder.ts';

/** How a model gets another folder. */
export interface RelocateOptions {
  /** Is called when the folder has its new name: what leads to its files can be led there. */
  readonly onArrived?: ((model: ModelRecord) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Gives a model the folder that a new one of its type, family and name would get. One rename of the folder is
 * the commit: what its metadata says of the folder is written before, and counts for nothing.
 *
 * @throws `core.invalid-argument` for a model outside of the library, or one that a process works with
 */
export async function relocateModel(
  set: VolumeSet,
  reference: string,
  { onArrived, signal }: RelocateOptions = {},
): Promise<ModelRecord> {
  const { record, source } = await findOnDisk(set, reference);
  const relocate = (): Promise<ModelRecord> => relocateLocked(source, record, onArrived);
  const moved = await withLock(source, lockOf(record), relocate, signal);
  return (await source.index.get(moved.id)) ?? moved;
}

async function relocateLocked(
  context: StoreContext,
  { id, slug }: ModelRecord,
  onArrived: RelocateOptions['onArrived'],
): Promise<ModelRecord> {
  const { fileSystem, layout } = context;
  const found = await readSameModel(context, { id, slug });
  const { type, family, officialName } = found.record;
  const wanted = chooseSlug({ type, family, name: officialName });
  const weights = found.metadata.files.find(({ role }) => role === 'weights');
  const candidates = [
    wanted,
    slugWithSuffix(wanted, weights?.sha256.slice(0, 8) ?? id.slice(-8)),
    slugWithSuffix(wanted, id),
  ];
  requireWritable(found.metadata, join(found.folder, METADATA_FILE), metadataVersions);
  for (const candidate of candidates) {
    if (candidate === slug) return found.record;
    const final = join(layout.root, candidate);
    const other = await context.index.bySlug(candidate);
    if ((await statusAt(fileSystem, final)) !== null || (other !== null && other.id !== id)) continue;
    if ((await leasedModels(context)).has(id)) throw inUse(found.record);
    const txn = newId();
    const { revision } = found.metadata;
    const metadata = { ...found.metadata, slug: candidate, revision: revision + 1, txn, updatedAt: timestamp(context) };
    return finishing(context, {
      txn,
      // Whichever of the two is there is what the next start tells the index of.
      intent: { models: [{ id, slug }, metadata] },
      async work() {
        await writeFileAtomic(fileSystem, {
          path: join(found.folder, METADATA_FILE),
          data: serialiseMetadata(metadata),
        });
        await ensureRealFolder(fileSystem, layout.root, dirname(final));
        await fileSystem.rename(found.folder, final);
        await fileSystem.fsyncFolder(dirname(final));
        await fileSystem.fsyncFolder(dirname(found.folder));
        await removeIfEmpty(context, dirname(found.folder));
        const moved = effectiveRecord(metadata, found.overrides);
        await context.index.upsert([moved]);
        await onArrived?.(moved);
        return moved;
      },
    });
  }
  return found.record;
}
