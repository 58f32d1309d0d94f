import { isModelkeepError } from '@modelkeep/core';
import type { Listener } from './listener.ts';
import { wokenOrLate } from './woken-or-late.ts';

/** How long to wait for a notification at most: one may be lost, a change is not. */
const TOLD_MS = 1_000;
const UNTOLD_MS = 250;

/** @internal What pages of all feeds have. */
interface Page {
  readonly changes: readonly unknown[];
  readonly cursor: string;
  readonly resync: boolean;
}

/** @internal Where changes are read, and from where on. */
export interface FollowOptions<Changes extends Page> {
  readonly feed: Listener;
  readonly read: (cursor: string | null) => Promise<Changes>;
  readonly since: string | undefined;
  readonly signal: AbortSignal;
}

/** @internal What happened since, then what happens, until the signal aborts. A server that is away is waited for. */
export async function* followChanges<Changes extends Page>({
  feed,
  read,
  since,
  signal,
}: FollowOptions<Changes>): AsyncGenerator<Changes> {
  let cursor = since ?? null;
  for (;;) {
    // Before the look at the changes: what is written during it is found by the next one.
    const woken = feed.nextWake();
    try {
      const page = await read(cursor);
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
