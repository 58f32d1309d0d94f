import { dirname } from 'node:path';
import { isModelkeepError, serialiseError } from '@modelkeep/core';
import { findAppRoot } from '../app/app-root.ts';
import { sweepFolders } from '../app/sweep-folders.ts';
import { previousLink } from '../registry/known-links.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import type { AppPlace } from '../app/app-place.ts';
import { appliedLink, type AppliedLink } from './applied-plan.ts';
import { createLinkPlaces, type LinkPlaces } from './link-places.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import type { MapperContext } from '../mapper-context.ts';
import { performChange } from './perform-change.ts';
import { asMade, makeDurable } from './run-changes.ts';
import { temporaryLinkName } from './temporary-link.ts';

/** Which links are recovered, or looked at. */
export interface LinkScope {
  /** @default every app */
  readonly app?: string | undefined;
  /** @default every folder */
  readonly appRoot?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal R3: finishes what a process that ended in between had recorded. */
export async function recoverLinks(context: MapperContext, scope: LinkScope): Promise<readonly AppliedLink[]> {
  const { app, appRoot, signal } = scope;
  const unfinished = () => context.links.list({ app, appRoot, unfinished: true }, signal);
  if ((await unfinished()).length === 0) return [];
  const results: AppliedLink[] = [];
  const touched = new Map<string, AppPlace>();
  await context.exclusively(async () => {
    const places = createLinkPlaces(context);
    for (const link of await unfinished()) {
      signal?.throwIfAborted();
      const outcome = await recoverLink(context, link, places);
      if (outcome === null) continue;
      touched.set(JSON.stringify([link.app, link.appRoot]), { app: link.app, appRoot: link.appRoot });
      results.push(appliedLink(link, { outcome, done: link.state === 'removing' ? 'removed' : 'created' }));
    }
  });
  for (const place of touched.values()) await sweepFolders({ ...context, ...place });
  return results;
}

/** null when it cannot be decided now, because the app's folder or its drive is not there. */
async function recoverLink(
  context: MapperContext,
  link: RegisteredLink,
  places: LinkPlaces,
): Promise<ChangeOutcome | null> {
  const { links, fileSystem } = context;
  if ((await findAppRoot(fileSystem, link.appRoot)) !== link.appRoot) return null;
  const change = recordedChange(link);
  const outcome = await finishChange(context, { change, runId: link.runId, places });
  if (outcome.kind === 'done') {
    await makeDurable(fileSystem, dirname(link.target));
    const after = change.after === null ? null : asMade(change.after, outcome.made);
    await links.settle([{ change: { ...change, after, restore: null }, outcome: 'done' }], {
      runId: link.runId,
      undoable: false,
    });
  }
  if (outcome.kind === 'conflict') await links.forget([link]);
  return outcome;
}

async function finishChange(
  { hands }: MapperContext,
  { change, runId, places }: { readonly change: LinkChange; readonly runId: string; readonly places: LinkPlaces },
): Promise<ChangeOutcome> {
  const { target, after } = change;
  try {
    const refused = after === null ? await places.verify(target) : await places.prepare(after);
    if (refused !== null) return { kind: 'conflict', reason: refused };
    const outcome = await performChange(hands, { ...change, runId });
    const temporary = temporaryLinkName(target, runId);
    if (after !== null) await hands.removeTemporary({ temporary, strategy: after.strategy });
    return outcome;
  } catch (error) {
    if (isModelkeepError(error)) return { kind: 'failed', error: serialiseError(error) };
    throw error;
  }
}

/** What the run was about to do. */
function recordedChange(link: RegisteredLink): LinkChange {
  const { target, state } = link;
  if (state === 'removing') return { target, before: link, after: null };
  const previous = previousLink(link);
  return { target, before: previous === null ? null : { ...link, ...previous }, after: link };
}
