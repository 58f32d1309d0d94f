import type { ModelRecord } from '@modelkeep/core';
import type { LibraryStore, ListOptions } from '@modelkeep/library';

const PAGE = 500;

/** @internal Every model of the index that the filters leave, page by page. */
export async function* listAllModels(
  store: LibraryStore,
  options: Omit<ListOptions, 'limit' | 'after'>,
): AsyncGenerator<ModelRecord> {
  let after: string | undefined;
  for (;;) {
    const page = await store.index.list({ ...options, limit: PAGE, after });
    yield* page.records;
    if (page.next === null) return;
    after = page.next;
  }
}
