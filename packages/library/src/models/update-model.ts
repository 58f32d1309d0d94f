import { join } from 'node:path';
import type { ModelMetadata, ModelRecord } from '@modelkeep/core';
import { writeFileAtomic } from '@modelkeep/io';
import { effectiveRecord } from '../metadata/effective-record.ts';
import { METADATA_FILE, readOverrides, serialiseMetadata } from '../metadata/metadata-file.ts';
import { timestamp, withLock, type StoreContext } from '../store-context.ts';
import { projectFiles } from './project-files.ts';
import { readModel } from './walk-models.ts';

/** @internal What {@link updateModel} changes. */
export interface UpdateModelOptions {
  readonly id: string;
  readonly slug: string;
  readonly txn: string;
  /** Gives the new metadata; the same object back means that nothing is to be done. */
  readonly change: (present: ModelMetadata) => ModelMetadata;
}

/**
 * @internal Step 7b: reads the model again under its lock, changes it, and makes its folder say the same. The rename of
 * metadata.json is the commit.
 */
export async function updateModel(context: StoreContext, options: UpdateModelOptions): Promise<ModelRecord> {
  return withLock(context, `model-${options.id.slice(-2)}`, async (lock) => {
    const { folder, metadata: present } = await readModel(context.fileSystem, context.layout, options.slug);
    const changed = options.change(present);
    const overrides = await readOverrides(context.fileSystem, folder);
    if (changed === present) return effectiveRecord(present, overrides);
    const metadata: ModelMetadata = {
      ...changed,
      revision: present.revision + 1,
      txn: options.txn,
      updatedAt: timestamp(context),
    };
    await lock.check();
    await writeFileAtomic(context.fileSystem, { path: join(folder, METADATA_FILE), data: serialiseMetadata(metadata) });
    await projectFiles(context, { folder, metadata });
    const record = effectiveRecord(metadata, overrides);
    await context.index.upsert([record]);
    return record;
  });
}
