import { isModelkeepError, serialiseError } from '@modelkeep/core';
import { foreignReason } from '../links/foreign-reason.ts';
import type { LinkHands, LinkToMake } from '../links/link-hands.ts';
import { kindsOf } from '../links/link-kind.ts';
import { previousLink } from '../registry/known-links.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import { temporaryLinkName } from './temporary-link.ts';

/** @internal A change whose intention is recorded. */
export interface RecordedChange extends LinkChange {
  readonly runId: string;
  /** Nothing was there a moment ago: it is made without a look. */
  readonly isFree?: boolean;
}

/**
 * @internal Makes one change of the file system that is recorded already, and recovers one that was cut off: exactly the
 * intended link → done; absent → do it; exactly the recorded link → replace or remove it; anything else stays untouched.
 */
export async function performChange(hands: LinkHands, change: RecordedChange): Promise<ChangeOutcome> {
  try {
    const { after } = change;
    return after === null ? await takeAway(hands, change) : await put(hands, change, after);
  } catch (error) {
    if (isModelkeepError(error)) return { kind: 'failed', error: serialiseError(error) };
    throw error;
  }
}

async function takeAway(hands: LinkHands, { target, before }: LinkChange): Promise<ChangeOutcome> {
  const previous = before === null ? null : previousLink(before);
  const known = [before, previous].filter((link) => link !== null);
  const state = await hands.read(target, known);
  if (state.kind === 'absent') return { kind: 'done' };
  if (state.kind !== 'link' || state.is === null) return { kind: 'conflict', reason: foreignReason(target, state) };
  try {
    await hands.remove(target);
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
  }
  return { kind: 'done' };
}

/** Another process may make the same link at the same time: that is as good as ours. */
async function create(hands: LinkHands, link: LinkToMake): Promise<ChangeOutcome> {
  try {
    return { kind: 'done', made: await hands.create(link) };
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
    const state = await hands.read(link.target, [link]);
    if (state.kind === 'absent') throw error;
    if (state.kind === 'link' && state.is !== null) return { kind: 'done', made: state.made };
    return { kind: 'conflict', reason: foreignReason(link.target, state) };
  }
}

async function put(hands: LinkHands, change: RecordedChange, after: RegisteredLink): Promise<ChangeOutcome> {
  const { target, before, runId, isFree = false } = change;
  const { source, strategy, mark, content, leadsTo } = after;
  const temporary = temporaryLinkName(target, runId);
  const link: LinkToMake = { source, strategy, mark, content, target, leadsTo, temporary };
  if (isFree) return create(hands, link);
  /* What was made in another way before is made again in the first way that is wanted. */
  const best = { ...link, strategy: kindsOf(strategy)[0] ?? '' };
  const state = await hands.read(target, before === null ? [best, link] : [best, before, link]);
  if (state.kind === 'absent') return create(hands, link);
  if (state.kind === 'link' && (state.is === best || state.is === link)) return { kind: 'done', made: state.made };
  if (state.kind !== 'link' || state.is === null) return { kind: 'conflict', reason: foreignReason(target, state) };
  return { kind: 'done', made: await hands.replace(link) };
}
