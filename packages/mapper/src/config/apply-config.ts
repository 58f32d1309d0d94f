import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import { resolveAppRoot } from '../app/app-root.ts';
import { sweepFolders } from '../app/sweep-folders.ts';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { applyPlan, type ApplyOptions } from '../apply/apply-plan.ts';
import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { configChanges, withoutOurs, type ConfigChange } from './change-config.ts';
import { textDigest } from './config-file.ts';
import type { ConfigPlace } from './config-place.ts';
import { ensureViewRoot } from './ensure-view-root.ts';
import { parseConfigPart, type ConfigPart } from './parse-config-part.ts';
import type { AppliedFile } from './planned-file.ts';
import { viewRootOf } from './view-root.ts';
import { conflict, finishConfig, writeConfig } from './write-config.ts';

/** @internal Applies a plan: the links, and then the config files that lead to them. */
export async function applyMapping(
  context: MapperContext,
  plan: unknown,
  options: ApplyOptions = {},
): Promise<AppliedPlan> {
  const part = await parseConfigPart(plan);
  if (part === null) {
    const applied = await applyPlan(context, plan, options);
    await context.journal.finish(applied.id);
    return applied;
  }
  const place = await confirmPlace(context, part, options.appRoot);
  await recoverConfig(context, { app: part.app, appRoot: place.appRoot });
  const applied = await applyInView(context, { place, plan, options });
  const files = await syncConfig(context, {
    place,
    runId: applied.id,
    expected: new Map(part.files.map(({ path, beforeSha256 }) => [path, beforeSha256])),
    signal: options.signal,
  });
  await sweepFolders({ ...context, app: place.app, appRoot: place.appRoot });
  await context.journal.finish(applied.id);
  return { ...applied, files };
}

/** Another process that unlinks the app may remove the empty view at any moment: before the first link is made it is made again. */
async function applyInView(
  context: MapperContext,
  { place, plan, options }: { readonly place: ConfigPlace; readonly plan: unknown; readonly options: ApplyOptions },
): Promise<AppliedPlan> {
  for (let look = 1; ; look += 1) {
    await ensureViewRoot(context, { ...place, appRoot: place.viewRoot });
    try {
      return await applyPlan(context, plan, { ...options, appRoot: place.viewRoot });
    } catch (error) {
      const isGone = isModelkeepError(error, 'mapper.app-root') && error.facts.path === place.viewRoot;
      if (!isGone || look >= LOOKS) throw error;
    }
  }
}

/** @internal */
export interface SyncConfigOptions {
  readonly place: ConfigPlace;
  /** null: no run of `apply`, but what follows from links that were mended, or that went with their model. */
  readonly runId: string | null;
  /** By path, the digests of the texts that a plan was made from; null: whatever is there. */
  readonly expected: ReadonlyMap<string, string | null> | null;
  readonly signal?: AbortSignal | undefined;
}

/** Looks, in all, at files that other processes change at the same moment. */
const LOOKS = 10;

/** @internal Makes the config files say what the links of the view are. */
export async function syncConfig(
  context: MapperContext,
  { place, runId, expected, signal }: SyncConfigOptions,
): Promise<readonly AppliedFile[]> {
  const { app, appRoot, viewRoot } = place;
  const results = new Map<string, AppliedFile>();
  for (let look = 0; look < LOOKS; look += 1) {
    const recorded = await context.links.list({ app, appRoot: viewRoot }, signal);
    const links = recorded.filter(({ state }) => state !== 'removing');
    let overtaken = false;
    for (const change of await configChanges(context, { place, links, signal })) {
      signal?.throwIfAborted();
      const { path } = change.found;
      if (results.has(path)) continue;
      const result = isStale(change, expected)
        ? conflict(path, 'it was changed since the plan was made')
        : await writeConfig(context, change, { place, runId });
      if (result === null) overtaken = true;
      else results.set(path, result);
    }
    if (!overtaken) return [...results.values()];
    await recoverConfig(context, { app, appRoot });
  }
  const left = (await context.files.list({ app, appRoot, viewRoot }, signal)).filter(({ path }) => !results.has(path));
  return [...results.values(), ...left.map(({ path }) => conflict(path, 'other processes change it all the time'))];
}

/** What we have written ourselves since the plan was made, or would write now, is no change of somebody else's. */
function isStale(
  { found, wanted, problem, registered }: ConfigChange,
  expected: SyncConfigOptions['expected'],
): boolean {
  const planned = expected?.get(found.path);
  if (planned === undefined || found.problem !== null || problem !== null) return false;
  const isAsWritten = registered !== null && registered.content === found.text;
  return planned !== textDigest(found.text) && found.text !== wanted && !isAsWritten;
}

/** @internal Takes what is ours out of the config files of an app. */
export async function takeConfig(
  context: MapperContext,
  { app, appRoot }: { readonly app: string; readonly appRoot: string },
): Promise<readonly AppliedFile[]> {
  await recoverConfig(context, { app, appRoot });
  const results: AppliedFile[] = [];
  for (const row of await context.files.list({ app, appRoot })) {
    const place = { ...row, facts: { format: row.format, path: '', windowsPath: null, settings: [], note: null } };
    const change = await withoutOurs(context, row);
    const written = await writeConfig(context, change, { place, runId: null });
    const result = written ?? conflict(row.path, 'another process changes it at this moment');
    if (result.outcome === 'conflict' && written !== null) await context.files.forget(row.path);
    results.push(result);
  }
  return results;
}

/** @internal Finishes what processes that ended in between had recorded. */
export async function recoverConfig(
  context: MapperContext,
  { app, appRoot }: { readonly app?: string | undefined; readonly appRoot?: string | undefined },
): Promise<readonly AppliedFile[]> {
  const unfinished = () => context.files.list({ app, appRoot, unfinished: true });
  if ((await unfinished()).length === 0) return [];
  return context.exclusively(async () => {
    const results: AppliedFile[] = [];
    for (const row of await unfinished()) results.push(await finishOne(context, row));
    return results;
  });
}

async function finishOne(context: MapperContext, row: Parameters<typeof finishConfig>[1]): Promise<AppliedFile> {
  try {
    return await finishConfig(context, row);
  } catch (error) {
    if (isModelkeepError(error)) return conflict(row.path, error.message);
    throw error;
  }
}

/** What a plan says of its folders is compared with what follows from the app's folder. */
async function confirmPlace(
  context: MapperContext,
  part: ConfigPart,
  granted: string | undefined,
): Promise<ConfigPlace> {
  const { app, format } = part;
  const profile = await findProfile(context.profiles, app);
  const facts = profile.configFiles.find((one) => one.format === format);
  const isOffered = [profile.way, ...profile.otherWays].some((way) => way.kind === 'config' && way.format === format);
  if (facts === undefined || !isOffered)
    throw invalid('/way/format', `${profile.name} has no config file of this kind`);
  const appRoot = await resolveAppRoot(context.fileSystem, part.appRoot);
  const expected = granted === undefined ? appRoot : await resolveAppRoot(context.fileSystem, granted);
  if (appRoot !== part.appRoot || appRoot !== expected) {
    const reason = appRoot === expected ? `it leads to ${appRoot} now` : `the folder that was granted is ${expected}`;
    throw new ModelkeepError('mapper.stale-plan', {
      message: `the plan is for ${part.appRoot}: ${reason}`,
      facts: { path: part.appRoot, reason },
      hint: 'make a new plan for this folder',
    });
  }
  const viewRoot = await viewRootOf(context, { app, appRoot });
  if (viewRoot !== part.viewRoot) throw invalid('/appRoot', `the links of this app go to ${viewRoot}`);
  return { app, appRoot, viewRoot, facts };
}

function invalid(pointer: string, problem: string): ModelkeepError {
  return new ModelkeepError('mapper.invalid-plan', {
    message: `the plan is not valid at ${pointer}: ${problem}`,
    facts: { pointer, problem },
    hint: 'make a new plan with planLinks, and change only its actions and names',
  });
}
