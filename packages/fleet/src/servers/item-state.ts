import type { Holding } from './content.ts';

/** For engines: How the state of an item is stored. */
export const ITEM_STATE: Readonly<Record<Holding['state'], number>> = { gone: 0, present: 1, corrupt: 2 };

/** For engines. */
export function itemStateOf(stored: number): Holding['state'] {
  return stored === ITEM_STATE.present ? 'present' : stored === ITEM_STATE.corrupt ? 'corrupt' : 'gone';
}

/** For engines: A sync that changes more models than this is told as one change of its server. */
export const MAX_TOLD_MODELS = 500;

/**
 * For engines: A copy that was given up may be told of once more by a sync that began before its file went: for this long it
 * does not count for others who would give up theirs.
 */
export const GIVE_UP_MS = 300_000;
