import type { LinkChange } from '../registry/link-statements.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import type { AppProfile } from '../profiles/app-profile.ts';

/** @internal In which order changes are made: those of one stage before those of the next. */
export type StageOf = (change: LinkChange) => number;

/**
 * @internal Links go before others come: a name may pass from one model to another. In a store what is referred to comes
 * before what refers to it, and goes after it: at no moment does an entry lack its bytes.
 */
export function stagesOf(profiles: readonly AppProfile[]): StageOf {
  const layouts = new Map(profiles.map((profile) => [profile.id, storeLayoutOf(profile)]));
  return ({ before, after }) => {
    const link = after ?? before;
    const layout = link === null ? null : (layouts.get(link.app) ?? null);
    if (layout === null || link === null) return after === null ? 0 : before === null ? 2 : 1;
    const depth = layout.depthOf(link.folder);
    return after === null ? 20 - depth : depth;
  };
}
