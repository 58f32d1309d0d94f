import type { StateChangePage, StateChangesOptions } from '../ports/state-changes.ts';
import type { ChangeTicker } from './change-ticker.ts';
import { changesSince } from './changes-since.ts';
import type { TableContext } from './table-context.ts';

/** @internal What happened since, then what happens, until the signal aborts. */
export async function* followChanges(
  context: TableContext & { readonly ticker: ChangeTicker },
  { since, topics, signal }: StateChangesOptions & { readonly signal: AbortSignal },
): AsyncGenerator<StateChangePage> {
  let cursor = since ?? null;
  let seen = -1;
  for (;;) {
    // Before the look at the changes: what is written during it is found by the next one.
    seen = await context.ticker.next(seen, signal);
    for (;;) {
      const page = await changesSince(context, cursor, { signal });
      const isEnd = page.resync || page.cursor === cursor;
      cursor = page.cursor;
      const changes = topics === undefined ? page.changes : page.changes.filter(({ topic }) => topics.includes(topic));
      if (page.resync || changes.length > 0) yield { ...page, changes };
      if (isEnd) break;
    }
  }
}
