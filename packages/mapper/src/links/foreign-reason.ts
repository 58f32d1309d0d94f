import type { LinkState } from './link-hands.ts';
import type { LinkReason } from '../plan/link-reason.ts';

/** @internal Why what is at the place of a link is left alone. */
export function foreignReason(target: string, state: Exclude<LinkState, { kind: 'absent' }>): LinkReason {
  if (state.kind === 'link') {
    return { code: 'foreign-link', message: `${target} is a link that was not made here; it leads to ${state.source}` };
  }
  return {
    code: 'foreign-file',
    message: `${target} is a ${state.what === 'other' ? 'special file' : state.what} that was not made here`,
  };
}

/** @internal Why a link that somebody else made is as good as ours. */
export function linkedByOthers(target: string): LinkReason {
  return {
    code: 'linked-by-others',
    message: `${target} leads there already, by a link that was not made here and is never removed`,
  };
}
