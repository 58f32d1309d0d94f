import { isModelkeepError, serialiseError } from '@modelkeep/core';
import type { LinkStrategy } from '../links/link-strategy.ts';
import type { FittingChange, LinkChange } from '../registry/link-statements.ts';
import { foreignReason, linkedByOthers } from '../links/foreign-reason.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import type { LinkPlaces } from './link-places.ts';

/** @internal */
export interface CheckChangeOptions {
  readonly strategy: LinkStrategy;
  readonly places: LinkPlaces;
}

/** @internal What becomes of a change: it can be recorded and made, or its outcome is known already. */
export type CheckedChange = { readonly change: FittingChange } | { readonly outcome: ChangeOutcome };

/** @internal Compares a change with the disk before anything is recorded. */
export async function checkChange(
  change: LinkChange,
  { strategy, places }: CheckChangeOptions,
): Promise<CheckedChange> {
  const { target, before, after } = change;
  try {
    const refused = after === null ? await places.verify(target) : await places.prepare(after);
    if (refused !== null) return { outcome: { kind: 'conflict', reason: refused } };
    const state = await strategy.read(target);
    if (state.kind === 'absent') return { change: { ...change, restore: null } };
    if (state.kind === 'link' && before !== null && state.source === before.source) {
      const asRecorded = after?.source === before.source && before.state === 'done';
      return asRecorded ? { outcome: { kind: 'kept', reason: null } } : { change: { ...change, restore: before } };
    }
    if (state.kind === 'link' && state.source === after?.source) {
      if (before === null) return { outcome: { kind: 'kept', reason: linkedByOthers(target) } };
      return { change: { ...change, restore: null } };
    }
    return { outcome: { kind: 'conflict', reason: foreignReason(target, state) } };
  } catch (error) {
    if (isModelkeepError(error)) return { outcome: { kind: 'failed', error: serialiseError(error) } };
    throw error;
  }
}
