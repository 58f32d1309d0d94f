import { join } from 'node:path';
import { newId, type ModelRecord } from '@modelkeep/core';
import { writeFileAtomic } from '@modelkeep/io';
import { OVERRIDES_FILE, serialiseOverrides } from '../metadata/metadata-file.ts';
import { writeChange } from '../models/change-model.ts';
import type { FoundModel } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';
import { takenIn } from './taken-in.ts';

/** @internal A model whose process died after it was committed in the library, and before it was gone outside. */
export interface UnfinishedTakeIn {
  readonly arrived: FoundModel;
  readonly outside: FoundModel;
  /** What the model's metadata outside was when it was taken in. */
  readonly revision: number;
}

/**
 * @internal What was said of the model outside since then is said of the one in the library. The caller holds its lock.
 *
 * @returns the model as the library has it
 */
export async function finishTakeIn(context: StoreContext, unfinished: UnfinishedTakeIn): Promise<ModelRecord> {
  const { arrived, outside, revision } = unfinished;
  const { overrides } = outside;
  const isNewer = outside.metadata.revision > revision && outside.metadata.revision >= arrived.metadata.revision;
  if (!isNewer) return arrived.record;
  await writeFileAtomic(context.fileSystem, {
    path: join(arrived.folder, OVERRIDES_FILE),
    data: serialiseOverrides(overrides),
  });
  const found = { ...arrived, metadata: { ...arrived.metadata, revision: outside.metadata.revision } };
  const metadata = { ...takenIn(outside.metadata, arrived.metadata), slug: arrived.slug };
  return writeChange(context, { found, changed: { metadata, overrides }, changes: [], txn: newId() });
}
