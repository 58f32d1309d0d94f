import { ModelkeepError, newId, type ModelMetadata, type ModelRecord } from '@modelkeep/core';
import { pin } from '../blobs/pins.ts';
import { recallBlob } from '../blobs/recall-blob.ts';
import { changeModel } from '../models/change-model.ts';
import { onDisk } from '../models/on-disk.ts';
import type { StoreContext } from '../store-context.ts';

/**
 * @internal Gives an evicted model its files back. Whoever asks has stored and pinned all of them.
 *
 * @throws `io.not-found` where a content is not there
 */
export async function reviveModel(
  context: StoreContext,
  reference: string,
  signal?: AbortSignal,
): Promise<ModelRecord> {
  return onDisk(context, reference, async ({ id, slug }, home) => {
    const record = await home.index.get(id);
    for (const { name, sha256 } of record?.files ?? []) {
      if ((await recallBlob(home, sha256)) !== null) continue;
      throw new ModelkeepError('io.not-found', {
        message: `the content of ${name} is not in the library`,
        facts: { path: name },
      });
    }
    const change = ({ metadata, overrides }: { metadata: ModelMetadata; overrides: object }) => ({
      metadata: metadata.evictedAt === undefined ? metadata : withoutEviction(metadata),
      overrides,
    });
    return changeModel(home, { id, slug, txn: newId(), change, signal });
  });
}

/** @internal Which of an evicted model's contents are there; each is pinned for the transaction before it is looked for. */
export async function contentsThere(
  context: StoreContext,
  { files }: Pick<ModelMetadata, 'files'>,
  transactionId: string,
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const { sha256 } of files) {
    await pin(context, sha256, transactionId);
    if ((await recallBlob(context, sha256)) !== null) there.add(sha256);
  }
  return there;
}

/** @internal An evicted model that comes back with those of its files whose contents are there. */
export function revived(present: ModelMetadata, there: ReadonlySet<string>): ModelMetadata {
  if (present.evictedAt === undefined) return present;
  const files = present.files.filter(({ sha256 }) => there.has(sha256));
  return { ...withoutEviction(present), files: files.length === present.files.length ? present.files : files };
}

function withoutEviction({ evictedAt: _evictedAt, ...metadata }: ModelMetadata): ModelMetadata {
  return metadata;
}
