import type { Clock } from '@modelkeep/core';
import type { JobStore } from '@modelkeep/jobs';
import { libraryJobTypes } from './payloads.ts';

/**
 * @internal Whether a job runs, or may be begun now. What waits for others needs no look: it goes on with the first of
 * them, and where that one is held, as by a pause, so is all that waits for it.
 */
export async function canAnyGoOn(store: Pick<JobStore, 'list'>, clock: Clock): Promise<boolean> {
  let cursor: string | undefined;
  for (;;) {
    const page = await store.list({ states: ['pending', 'running'], types: libraryJobTypes, limit: 1_000, cursor });
    const now = clock.now();
    for (const { state, blockedBy, runAt } of page.jobs) {
      if (state === 'running' || (blockedBy === 0 && Date.parse(runAt) <= now)) return true;
    }
    if (page.cursor === null) return false;
    ({ cursor } = page);
  }
}
