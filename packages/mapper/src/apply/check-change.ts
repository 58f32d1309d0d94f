import { isModelkeepError, serialiseError } from '@modelkeep/core';
import { foreignReason, linkedByOthers } from '../links/foreign-reason.ts';
import type { KnownLink, LinkHands } from '../links/link-hands.ts';
import { kindsOf, strategyOf } from '../links/link-kind.ts';
import { readMark } from '../links/link-mark.ts';
import type { FittingChange, LinkChange } from '../registry/link-statements.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import type { LinkPlaces } from './link-places.ts';

/** @internal */
export interface CheckChangeOptions {
  readonly hands: LinkHands;
  readonly places: LinkPlaces;
  /** Nothing was at its place a moment ago. */
  readonly isFree?: boolean;
}

/** @internal What becomes of a change: it can be recorded and made, or its outcome is known already. */
export type CheckedChange = { readonly change: FittingChange } | { readonly outcome: ChangeOutcome };

/** @internal Compares a change with the disk before anything is recorded. */
export async function checkChange(
  change: LinkChange,
  { hands, places, isFree = false }: CheckChangeOptions,
): Promise<CheckedChange> {
  const { target, before, after } = change;
  try {
    const refused = after === null ? await places.verify(target) : await places.prepare(after);
    if (refused !== null) return { outcome: { kind: 'conflict', reason: refused } };
    if (isFree) return { change: { ...change, restore: null } };
    const wanted = after === null ? [] : [withoutReading(after)];
    const state = await hands.read(target, before === null ? wanted : [before, ...wanted]);
    if (state.kind === 'absent') return { change: { ...change, restore: null } };
    if (state.kind === 'link' && before !== null && state.is === before) {
      const isOfModel = after !== null && after.modelId === before.modelId;
      const asRecorded = isOfModel && isAsWanted(before, after) && before.state === 'done';
      return asRecorded ? { outcome: { kind: 'kept', reason: null } } : { change: { ...change, restore: before } };
    }
    if (state.kind === 'link' && state.is !== null) {
      if (before === null) return { outcome: { kind: 'kept', reason: linkedByOthers(target) } };
      return { change: { ...change, restore: null } };
    }
    return { outcome: { kind: 'conflict', reason: foreignReason(target, state) } };
  } catch (error) {
    if (isModelkeepError(error)) return { outcome: { kind: 'failed', error: serialiseError(error) } };
    throw error;
  }
}

/** @internal Whether a link that is as it was recorded is also the one that is wanted now. */
export function isAsWanted(
  recorded: RegisteredLink,
  wanted: KnownLink & { readonly fileSha256: string | null },
): boolean {
  if (recorded.source !== wanted.source || recorded.strategy !== kindsOf(wanted.strategy)[0]) return false;
  if (recorded.strategy === 'hardlink') {
    const { inode } = readMark(wanted.mark);
    return inode === undefined || inode === readMark(recorded.mark).inode;
  }
  if (recorded.strategy === 'reflink' || recorded.strategy === 'copy') return recorded.fileSha256 === wanted.fileSha256;
  return true;
}

/** A file of somebody else's is not read through to learn that it happens to hold the same bytes. */
function withoutReading(after: KnownLink): KnownLink {
  const kinds = kindsOf(after.strategy).filter((kind) => kind !== 'copy' && kind !== 'reflink');
  return { ...after, strategy: strategyOf(kinds) };
}
