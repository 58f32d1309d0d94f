import type { ModelRecord } from '@modelkeep/core';
import type { LibraryStore } from '@modelkeep/library';

/** Finds the models that have a file of this content. */
export type FindBySha256 = (sha256: string, signal: AbortSignal | undefined) => Promise<readonly ModelRecord[]>;

/** @internal Among those of a library. */
export function findBySha256In({ index }: Pick<LibraryStore, 'index'>): FindBySha256 {
  return async (sha256, signal) => {
    const models = new Map<string, ModelRecord>();
    for (const { modelId } of await index.findByFileHash({ sha256 })) {
      const record = await index.get(modelId, { signal });
      if (record !== null) models.set(record.id, record);
    }
    return [...models.values()];
  };
}
