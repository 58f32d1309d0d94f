import { isModelkeepError, serialiseError } from '@modelkeep/core';
import type { LinkStrategy, LinkToMake } from '../links/link-strategy.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import { foreignReason } from '../links/foreign-reason.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import { temporaryLinkName } from './temporary-link.ts';

/** @internal A change whose intention is recorded. */
export interface RecordedChange extends LinkChange {
  readonly runId: string;
}

/**
 * @internal Makes one change of the file system that is recorded already, and recovers one that was cut off: exactly the
 * intended link → done; absent → do it; exactly the recorded link → replace or remove it; anything else stays untouched.
 */
export async function performChange(strategy: LinkStrategy, change: RecordedChange): Promise<ChangeOutcome> {
  try {
    return change.after === null ? await takeAway(strategy, change) : await put(strategy, change);
  } catch (error) {
    if (isModelkeepError(error)) return { kind: 'failed', error: serialiseError(error) };
    throw error;
  }
}

async function takeAway(strategy: LinkStrategy, { target, before }: LinkChange): Promise<ChangeOutcome> {
  const state = await strategy.read(target);
  if (state.kind === 'absent') return { kind: 'done' };
  if (state.kind !== 'link' || state.source !== before?.source)
    return { kind: 'conflict', reason: foreignReason(target, state) };
  try {
    await strategy.remove(target);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  return { kind: 'done' };
}

/** Another process may make the same link at the same time: that is as good as ours. */
async function create(strategy: LinkStrategy, link: LinkToMake): Promise<ChangeOutcome> {
  try {
    await strategy.create(link);
    return { kind: 'done' };
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
    const state = await strategy.read(link.target);
    if (state.kind === 'absent') throw error;
    if (state.kind === 'link' && state.source === link.source) return { kind: 'done' };
    return { kind: 'conflict', reason: foreignReason(link.target, state) };
  }
}

async function put(strategy: LinkStrategy, change: RecordedChange): Promise<ChangeOutcome> {
  const { target, before, after, runId } = change;
  if (after === null) return { kind: 'done' };
  const { source, leadsTo } = after;
  const state = await strategy.read(target);
  if (state.kind === 'link' && state.source === source) return { kind: 'done' };
  if (state.kind === 'absent') return create(strategy, { source, target, leadsTo });
  if (before === null || state.kind !== 'link' || state.source !== before.source) {
    return { kind: 'conflict', reason: foreignReason(target, state) };
  }
  await strategy.replace({ source, target, leadsTo, temporary: temporaryLinkName(target, runId) });
  return { kind: 'done' };
}
