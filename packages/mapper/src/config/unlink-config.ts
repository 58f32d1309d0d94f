import { confirmAppIsThere, findAppRoot, isAppThere } from '../app/app-root.ts';
import { sweepFolders } from '../app/sweep-folders.ts';
import { countOutcomes, type UnlinkedApp } from '../apply/applied-plan.ts';
import { planUndoOfLinks, type UndoPlan } from '../apply/plan-undo.ts';
import { undoRun } from '../apply/undo-run.ts';
import type { RunNames } from '../apply/undo-steps.ts';
import { unlinkAllOf, type UnlinkAllOptions } from '../apply/unlink-all.ts';
import { unlinkModelOf, type UnlinkedModel } from '../apply/unlink-model.ts';
import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { syncConfig, takeConfig } from './apply-config.ts';
import { ensureViewRoot } from './ensure-view-root.ts';
import { planUndoConfig, undoConfig } from './undo-config.ts';
import { isViewRoot, viewRootOf } from './view-root.ts';

/** @internal Takes a run back: config files first, so that the app is not led to links that are going. */
export async function undoMapping(
  context: MapperContext,
  { applied, signal }: { readonly applied: RunNames; readonly signal: AbortSignal | undefined },
): Promise<UnlinkedApp> {
  signal?.throwIfAborted();
  const roots = new Set((await context.files.list({ app: applied.app }, signal)).map(({ appRoot }) => appRoot));
  const { app, appRoot: viewRoot } = applied;
  const isView = await isViewRoot(context, applied);
  await confirmRunIsReachable(context, applied);
  const files = await undoConfig(context, applied.id);
  /* It went with the last link in it. */
  if (isView) await ensureViewRoot(context, { app, appRoot: viewRoot });
  const undone = await undoRun(context, { applied, signal });
  /* The folders that were made for config files stand below the app's own folder. */
  for (const appRoot of roots) await sweepFolders({ ...context, app: applied.app, appRoot });
  return { ...undone, files };
}

/** @internal What {@link undoMapping} would do. Changes nothing. */
export async function planUndo(
  context: MapperContext,
  run: RunNames,
  signal: AbortSignal | undefined,
): Promise<UndoPlan> {
  signal?.throwIfAborted();
  await confirmRunIsReachable(context, run);
  const links = await planUndoOfLinks(context, run, signal);
  return { ...links, files: await planUndoConfig(context, run.id) };
}

/** @throws `mapper.app-root` while a folder that the run wrote to is not there */
async function confirmRunIsReachable(context: MapperContext, run: RunNames): Promise<void> {
  if (!(await isViewRoot(context, run))) await confirmAppIsThere(context.fileSystem, run);
  for (const { appRoot } of await context.files.undoOf(run.id))
    if (appRoot !== null) await confirmAppIsThere(context.fileSystem, { appRoot });
}

/** @internal Removes every link of an app, and what is ours in its config files with the links that they lead to. */
export async function unlinkAllWithConfig(context: MapperContext, options: UnlinkAllOptions): Promise<UnlinkedApp> {
  const { app, signal } = options;
  const appRoot = (await findAppRoot(context.fileSystem, options.appRoot)) ?? options.appRoot;
  const files = await takeConfig(context, { app, appRoot });
  const own = await unlinkAllOf(context, options);
  const viewRoot = context.viewFolder === null ? null : await viewRootOf(context, { app, appRoot });
  if (viewRoot === null) return { ...own, files };
  const viewed = await unlinkAllOf(context, { app, appRoot: viewRoot, signal });
  await context.files.forgetUndo({ app, viewRoot });
  await sweepFolders({ ...context, app, appRoot });
  const results = [...own.results, ...viewed.results];
  return { ...own, results, counts: countOutcomes(results), files };
}

/** @internal Removes the links of a model, and what config files say about it. */
export async function unlinkModelWithConfig(
  context: MapperContext,
  modelId: string,
  signal: AbortSignal | undefined,
): Promise<UnlinkedModel> {
  const roots = new Set((await context.links.list({ modelId }, signal)).map(({ appRoot }) => appRoot));
  const unlinked = await unlinkModelOf(context, modelId, signal);
  const rows = await context.files.list({}, signal);
  const seen = new Set<string>();
  for (const { app, appRoot, viewRoot, format } of rows) {
    if (!roots.has(viewRoot) || seen.has(viewRoot) || !(await isAppThere(context.fileSystem, { appRoot }))) continue;
    seen.add(viewRoot);
    const profile = await findProfile(context.profiles, app);
    const facts = profile.configFiles.find((one) => one.format === format);
    if (facts === undefined) continue;
    await syncConfig(context, { place: { app, appRoot, viewRoot, facts }, runId: null, expected: null, signal });
    await sweepFolders({ ...context, app, appRoot });
  }
  return unlinked;
}
