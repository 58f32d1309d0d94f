import type { ModelRecord, ModelType } from '@modelkeep/core';
import type { LibraryStore } from '@modelkeep/library';

const PAGE = 500;

/** @internal Which models are listed. */
export interface ListAllOptions {
  readonly type?: ModelType | undefined;
  readonly family?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Every model of the index, page by page, in the order of the index. */
export async function* listAllModels(store: LibraryStore, options: ListAllOptions): AsyncGenerator<ModelRecord> {
  let after: string | undefined;
  for (;;) {
    const page = await store.index.list({ ...options, limit: PAGE, after });
    yield* page.records;
    if (page.next === null) return;
    after = page.next;
  }
}
