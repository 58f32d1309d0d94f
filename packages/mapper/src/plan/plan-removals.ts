import { basename } from 'node:path';
import { foreignReason } from '../links/foreign-reason.ts';
import type { LinkHands } from '../links/link-hands.ts';
import { knownLinks } from '../registry/known-links.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkPlanEntry, PlannedAction } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';

/** @internal Plans the links that are recorded and not wanted any more. */
export async function planRemovals(
  links: readonly RegisteredLink[],
  hands: LinkHands,
): Promise<readonly LinkPlanEntry[]> {
  return mapWithLimit(links, {
    limit: SMALL_CALLS_AT_ONCE,
    run: async (link) => {
      const state = await hands.read(link.target, knownLinks(link));
      if (state.kind === 'absent')
        return removal(link, 'remove', { code: 'already-gone', message: `${link.target} is gone already` });
      if (state.kind === 'link' && state.is !== null) {
        return removal(link, 'remove', {
          code: 'no-longer-mapped',
          message: 'this model is no longer mapped to this name',
        });
      }
      return removal(link, 'conflict', foreignReason(link.target, state));
    },
  });
}

function removal(link: RegisteredLink, action: PlannedAction, reason: LinkReason): LinkPlanEntry {
  const { modelId, slug, fileSha256, source, folder, target } = link;
  const nothing = { strategies: [], bytesToWrite: 0 };
  return { action, modelId, slug, fileSha256, source, folder, name: basename(target), target, ...nothing, reason };
}
