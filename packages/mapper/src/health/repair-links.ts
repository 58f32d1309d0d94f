import { newId } from '@modelkeep/core';
import { sweepFolders } from '../app/sweep-folders.ts';
import { appliedLink, countOutcomes, type AppliedLink, type AppliedPlan } from '../apply/applied-plan.ts';
import type { ChangeOutcome } from '../apply/link-outcome.ts';
import { recoverLinks, type LinkScope } from '../apply/recover-links.ts';
import { runChanges } from '../apply/run-changes.ts';
import { linkAgain } from './link-again.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import { checkLinks } from './check-links.ts';
import type { CheckedLink } from './link-health.ts';
import { repairConfig, restoreViewRoots, type RepairedConfig } from './repair-config.ts';
import { scopesOf } from './scopes-of.ts';

/** What a repair of links did. Plain data. */
export interface RepairedLinks extends RepairedConfig {
  /** What was found before anything was done. */
  readonly checked: readonly CheckedLink[];
  /** What became of the links that were not `ok`; those of an app whose folder is not there wait. */
  readonly results: readonly AppliedLink[];
  readonly counts: AppliedPlan['counts'];
}

/**
 * Makes links that are missing or lead to the wrong place again where the library has what they are for, removes
 * those that it has nothing for, and forgets what is somebody else's now.
 */
async function repairLinks(
  context: MapperContext,
  scope: LinkScope,
): Promise<Omit<RepairedLinks, keyof RepairedConfig>> {
  const { signal } = scope;
  await recoverLinks(context, scope);
  const checked = await checkLinks(context, scope);
  const foreign = checked.filter(({ health }) => health === 'foreign').map(({ link }) => link);
  if (foreign.length > 0) await context.exclusively(() => forgetForeign(context, foreign));
  const bad = checked.filter(({ health }) => !['ok', 'foreign', 'app-root-gone'].includes(health));
  const changes: LinkChange[] = [];
  for (const { link } of bad) changes.push(await linkAgain(context, link, signal));
  const outcomes = await runChanges(context, {
    changes,
    runId: newId(),
    undoable: false,
    signal,
  });
  for (const { app, appRoot } of bad.map(({ link }) => link)) await sweepFolders({ ...context, app, appRoot });
  const repaired = changes.map(({ before, after }, index) =>
    appliedLink(after ?? before ?? { modelId: '', slug: '', source: null, target: null }, {
      outcome: outcomes[index] as ChangeOutcome,
      done: after === null ? 'removed' : bad[index]?.health === 'missing' ? 'created' : 'replaced',
    }),
  );
  const given = foreign.map((link) =>
    appliedLink(link, {
      outcome: {
        kind: 'conflict',
        reason: {
          code: 'foreign-file',
          message: `${link.target} is not ours any more and is no longer counted as ours`,
        },
      },
      done: 'kept',
    }),
  );
  const results = [...repaired, ...given];
  return { checked, results, counts: countOutcomes(results) };
}

/** What was found while others were at work may be ours again. */
async function forgetForeign({ hands, links }: MapperContext, found: readonly RegisteredLink[]): Promise<void> {
  for (const link of found) {
    const state = await hands.read(link.target, [link]);
    if (state.kind !== 'absent' && (state.kind !== 'link' || state.is === null)) await links.forget([link]);
  }
}

/** @internal Repairs the links of an app, those that its config files lead to, and these files. */
export async function repairMapping(context: MapperContext, scope: LinkScope): Promise<RepairedLinks> {
  await restoreViewRoots(context, scope);
  const checked: CheckedLink[] = [];
  const results: AppliedLink[] = [];
  for (const one of await scopesOf(context, scope)) {
    const repaired = await repairLinks(context, one);
    checked.push(...repaired.checked);
    results.push(...repaired.results);
  }
  return { checked, results, counts: countOutcomes(results), ...(await repairConfig(context, scope)) };
}
