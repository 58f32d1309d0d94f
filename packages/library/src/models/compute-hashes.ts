import { newId, type ModelFile, type ModelRecord } from '@modelkeep/core';
import { contentPath } from '../blobs/blob-store.ts';
import { algorithmsOf, contentOf } from '../import/content-hashes.ts';
import type { StoreContext } from '../store-context.ts';
import { resolveReference } from './resolve-reference.ts';
import { updateModel } from './update-model.ts';
import { walkModels } from './walk-models.ts';
import { withHashes, type HashedContent } from './with-hashes.ts';

/** Whose further hashes are computed. */
export interface ComputeHashesOptions {
  /** Ids, prefixes of ids or slugs. @default all models */
  readonly models?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Takes the bytes read so far. */
  readonly onProgress?: ((bytesHashed: number, file: string) => void) | undefined;
}

/** What was computed. */
export interface ComputeHashesReport {
  /** Models that gained hashes. */
  readonly models: number;
  readonly bytesHashed: number;
  /** Blobs that no longer are what their name says: they get no hashes, and `verify` tells more. */
  readonly corrupt: readonly string[];
}

/** @internal Content that several models share is read once. */
export async function computeHashes(
  context: StoreContext,
  options: ComputeHashesOptions = {},
): Promise<ComputeHashesReport> {
  const { signal, onProgress } = options;
  const known = new Map<string, HashedContent>();
  const corrupt = new Set<string>();
  let bytesHashed = 0;
  let models = 0;

  const hash = async ({ sha256, name }: ModelFile): Promise<void> => {
    if (known.has(sha256) || corrupt.has(sha256)) return;
    const before = bytesHashed;
    const path = await contentPath(context, sha256);
    const tell = (bytes: number): void => onProgress?.(before + bytes, name);
    const hashed = await context.io.hashFile(path, { algorithms: algorithmsOf('all'), signal, onProgress: tell });
    bytesHashed += hashed.sizeBytes;
    onProgress?.(bytesHashed, name);
    if (hashed.digests.sha256 === sha256) known.set(sha256, contentOf(hashed, 'all'));
    else corrupt.add(sha256);
  };

  for await (const { id, slug, files, place, evictedAt } of wantedModels(context, options.models)) {
    signal?.throwIfAborted();
    // What is outside, or was evicted, has no blob.
    if (place.kind !== 'library' || evictedAt !== undefined) continue;
    const lacking = files.filter(({ role, hashes }) => role === 'weights' && hashes === undefined);
    for (const file of lacking) await hash(file);
    if (!lacking.some(({ sha256 }) => known.has(sha256))) continue;
    const all = [...known.values()];
    await updateModel(context, {
      id,
      slug,
      txn: newId(),
      change(present) {
        const changed = withHashes(present.files, all);
        return changed === present.files ? present : { ...present, files: changed };
      },
    });
    models += 1;
  }
  return { models, bytesHashed, corrupt: [...corrupt] };
}

/** A model whose metadata cannot be read has no files to hash; `verify` names it. */
async function* wantedModels(
  context: StoreContext,
  references: readonly string[] | undefined,
): AsyncGenerator<ModelRecord> {
  if (references === undefined) {
    for await (const model of walkModels(context.fileSystem, context.layout)) if ('record' in model) yield model.record;
  } else {
    for (const reference of references) yield await resolveReference(context.index, reference);
  }
}
