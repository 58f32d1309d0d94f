import { isModelkeepError } from '@modelkeep/core';
import type { StateChangePage, StateChangesOptions } from '@modelkeep/fleet';
import type { StateContext } from '../state/state-context.ts';
import type { Listener } from './listener.ts';
import { readPage } from './read-page.ts';
import { wokenOrLate } from './woken-or-late.ts';

/** How long to wait for a notification at most: one may be lost, a change is not. */
const TOLD_MS = 1_000;
const UNTOLD_MS = 250;

/** @internal What happened since, then what happens, until the signal aborts. A server that is away is waited for. */
export async function* followChanges(
  { connection, libraryId, listener }: StateContext & { readonly listener: () => Listener },
  { since, signal, ...options }: StateChangesOptions & { readonly signal: AbortSignal },
): AsyncGenerator<StateChangePage> {
  let cursor = since ?? null;
  const feed = listener();
  for (;;) {
    // Before the look at the changes: what is written during it is found by the next one.
    const woken = feed.nextWake();
    try {
      const page = await readPage(connection, { ...options, cursor, libraryId, signal });
      cursor = page.cursor;
      if (page.resync || page.changes.length > 0) yield page;
    } catch (error) {
      if (!isModelkeepError(error, 'postgres.unavailable') && !isModelkeepError(error, 'postgres.timeout')) throw error;
      // At the beginning it is said that there is nothing to follow.
      if (cursor === null) throw error;
    }
    await wokenOrLate(woken, { waitMs: feed.isConnected ? TOLD_MS : UNTOLD_MS, signal });
  }
}
