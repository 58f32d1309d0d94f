import { resolve } from 'node:path';
import { newId } from '@modelkeep/core';
import { findAppRoot } from '../app/app-root.ts';
import { sweepFolders } from '../app/sweep-folders.ts';
import { appliedLink, countOutcomes, type UnlinkedApp } from './applied-plan.ts';
import type { ChangeOutcome } from './link-outcome.ts';
import type { MapperContext } from '../mapper-context.ts';
import { recoverLinks } from './recover-links.ts';
import { runChanges } from './run-changes.ts';

/** Which links are removed. */
export interface UnlinkAllOptions {
  readonly app: string;
  /** The app's folder; it may be gone. */
  readonly appRoot: string;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Removes the links that are as recorded and forgets all of them: what is not as recorded belongs to somebody else now. */
export async function unlinkAllOf(context: MapperContext, options: UnlinkAllOptions): Promise<UnlinkedApp> {
  const { app, signal } = options;
  signal?.throwIfAborted();
  const appRoot = (await findAppRoot(context.fileSystem, options.appRoot)) ?? resolve(options.appRoot);
  const place = { app, appRoot };
  await recoverLinks(context, { ...place, signal });
  const links = await context.links.list(place, signal);
  const changes = links.map((link) => ({ target: link.target, before: link, after: null }));
  const outcomes = await runChanges(context, {
    changes,
    runId: newId(),
    undoable: false,
    forgetsForeign: true,
    signal,
  });
  await context.journal.forgetApp(place);
  await sweepFolders({ ...context, ...place });
  const results = links.map((link, index) =>
    appliedLink(link, { outcome: outcomes[index] as ChangeOutcome, done: 'removed' }),
  );
  return { ...place, results, counts: countOutcomes(results), files: [] };
}
