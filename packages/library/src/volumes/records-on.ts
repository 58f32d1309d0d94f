import type { ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';

const PAGE = 500;

/** @internal Every record of the index whose model is on one of these volumes. */
export async function* recordsOn(
  { index }: Pick<StoreContext, 'index'>,
  volumeIds: ReadonlySet<string>,
): AsyncGenerator<ModelRecord> {
  if (volumeIds.size === 0) return;
  for (let after: string | undefined; ;) {
    const page = await index.list({ limit: PAGE, after });
    for (const record of page.records) {
      if (record.place.kind === 'library' && volumeIds.has(record.place.volumeId ?? '')) yield record;
    }
    if (page.next === null) return;
    after = page.next;
  }
}
