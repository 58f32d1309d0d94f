import type { SerialisedError } from '@modelkeep/core';
import type { MadeLink } from '../links/link-hands.ts';
import type { LinkReason } from '../plan/link-reason.ts';

/** @internal What became of one change. */
export type ChangeOutcome =
  /** The file system and the registry are as intended. */
  | {
      readonly kind: 'done';
      /** How it is linked now, when it is. */
      readonly made?: MadeLink | undefined;
    }
  /** Nothing had to be done. */
  | { readonly kind: 'kept'; readonly reason: LinkReason | null }
  /** Something else is there: untouched. */
  | { readonly kind: 'conflict'; readonly reason: LinkReason }
  /** The system refused; nothing was changed. */
  | { readonly kind: 'failed'; readonly error: SerialisedError };

/** @internal */
export function conflict(code: LinkReason['code'], message: string): ChangeOutcome {
  return { kind: 'conflict', reason: { code, message } };
}
