import { newId } from '@modelkeep/core';
import { isAppThere } from '../app/app-root.ts';
import { sweepFolders } from '../app/sweep-folders.ts';
import type { AppPlace } from '../app/app-place.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import { appliedLink, countOutcomes, type AppliedLink, type AppliedPlan } from './applied-plan.ts';
import { conflict, type ChangeOutcome } from './link-outcome.ts';
import { recoverLinks } from './recover-links.ts';
import { runChanges } from './run-changes.ts';
import { sharedLinks } from './shared-links.ts';

/** What became of the links of one model. Plain data. */
export interface UnlinkedModel {
  readonly modelId: string;
  readonly results: readonly AppliedLink[];
  readonly counts: AppliedPlan['counts'];
}

/**
 * @internal Removes the links that lead to a model, in every app that is there, and forgets those that are not as recorded:
 * they belong to somebody else now.
 */
export async function unlinkModelOf(
  context: MapperContext,
  modelId: string,
  signal: AbortSignal | undefined,
): Promise<UnlinkedModel> {
  signal?.throwIfAborted();
  const before = await context.links.list({ modelId }, signal);
  const places: AppPlace[] = [];
  for (const place of placesOf(before)) if (await isAppThere(context.fileSystem, place)) places.push(place);
  const there = new Set(places.map(placeKey));
  for (const place of places) await recoverLinks(context, { ...place, signal });
  const all = await context.links.list({ modelId }, signal);
  const shared: LinkChange[] = [];
  for (const place of places) {
    const own = all.filter(({ app, appRoot }) => app === place.app && appRoot === place.appRoot);
    shared.push(...(await sharedLinks(context, { ...place, links: own, signal })));
  }
  const handed = new Set(shared.map(({ before }) => before));
  const links = all.filter((link) => !handed.has(link) && there.has(placeKey(link)));
  const outcomes = await runChanges(context, {
    changes: [...links.map((link) => ({ target: link.target, before: link, after: null })), ...shared],
    runId: newId(),
    undoable: false,
    forgetsForeign: true,
    signal,
  });
  await context.journal.handOver(shared.flatMap(({ after }) => after ?? []));
  for (const place of places) await sweepFolders({ ...context, ...place });
  const results = links.map((link, index) =>
    appliedLink(link, { outcome: outcomes[index] as ChangeOutcome, done: 'removed' }),
  );
  const waiting = all.filter((link) => !there.has(placeKey(link))).map(ofAppThatIsGone);
  return { modelId, results: [...results, ...waiting], counts: countOutcomes([...results, ...waiting]) };
}

/** Its links may still be on a drive that is not connected: they stay recorded, and the next plan of the app removes them. */
function ofAppThatIsGone(link: RegisteredLink): AppliedLink {
  const message = `${link.appRoot} is not there now: the link stays until the app is mapped again`;
  return appliedLink(link, { outcome: conflict('app-root-gone', message), done: 'removed' });
}

function placeKey({ app, appRoot }: AppPlace): string {
  return JSON.stringify([app, appRoot]);
}

function placesOf(links: readonly AppPlace[]): readonly AppPlace[] {
  const places = new Map(links.map(({ app, appRoot }) => [placeKey({ app, appRoot }), { app, appRoot }]));
  return [...places.values()];
}
