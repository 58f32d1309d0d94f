import { newId } from '@modelkeep/core';
import { resolveAppRoot } from '../app/app-root.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';
import { mapWithLimit } from '../support/map-with-limit.ts';
import { assignNames, type NamedPlacement } from './assign-names.ts';
import { createFolderViews, type FolderView } from './folder-views.ts';
import { libraryRootsOf, refuseLibraryAsApp } from './library-roots.ts';
import { plannedActions, type LinkPlan, type LinkPlanEntry, type PlannedAction } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import { placeModels } from './place-models.ts';
import { configPlaceOf, settable, viewedLinks } from '../config/config-place.ts';
import { planConfig } from '../config/plan-config.ts';
import { planAdvice } from './plan-advice.ts';
import { resolveApp } from './resolve-app.ts';
import type { PlacedFile, Placement } from './placement.ts';
import { planEntry } from './plan-entry.ts';
import { planRemovals } from './plan-removals.ts';
import { planWarnings } from './plan-warnings.ts';

/** What is to be mapped, and to which app. */
export interface PlanLinksOptions {
  /** Id of a profile: `comfyui`. */
  readonly app: string;
  /** The app's folder, absolute. To pass it is the grant: nothing outside of it is linked, but for folders that links of the user's own lead to. */
  readonly appRoot: string;
  /** Such as `0.3.40`. @default what the app's folder says; where it does not, the folders that are there decide */
  readonly appVersion?: string | undefined;
  /** Which of the translation configs counts. @default 'default' */
  readonly modelConfig?: string | undefined;
  /** One of the ways that the profile names. @default the profile's first */
  readonly way?: MappingWay['kind'] | undefined;
  /** All models that the app is to see: links to any other model are removed. */
  readonly models: readonly MappableModel[];
  readonly signal?: AbortSignal | undefined;
}

/** @internal Changes nothing, neither in the app's folder nor in the registry. */
export async function planLinks(context: MapperContext, options: PlanLinksOptions): Promise<LinkPlan> {
  const { app, appVersion, models, signal } = options;
  const { fileSystem, strategy } = context;
  signal?.throwIfAborted();
  const granted = await resolveAppRoot(fileSystem, options.appRoot);
  const libraryRoots = libraryRootsOf(models);
  refuseLibraryAsApp({ appRoot: granted, libraryRoots });
  const { modelConfig } = options;
  const resolved = await resolveApp(context, {
    app,
    appRoot: granted,
    appVersion,
    modelConfig,
    way: options.way,
    signal,
  });
  const { profile, facts, translation, way } = resolved;
  const place = await configPlaceOf(context, { app, appRoot: granted, profile, way });
  const appRoot = place?.viewRoot ?? granted;
  const isLinked = way.kind === 'links' || way.kind === 'config';
  const advised = isLinked ? null : planAdvice(models, { profile, facts, reason: unmappedReason(way) });
  const placed = await placeModels({
    fileSystem,
    profile,
    facts,
    appRoot,
    models: advised === null ? models : [],
    signal,
  });
  const { placements, notSet } = settable(placed.placements, place);
  const { rules } = placed;
  const notPlaced = [...placed.notPlaced, ...notSet, ...(advised?.notPlaced ?? [])];

  const links = await context.links.list({ app, appRoot }, signal);
  const registered = new Map(links.map((link) => [link.target, link]));
  const viewOf = createFolderViews({ fileSystem, appRoot, libraryRoots });
  const views = new Map<string, FolderView>();
  for (const { folder } of placements) if (!views.has(folder)) views.set(folder, await viewOf(folder));

  const named = await assignNames(placements, links);
  const planned = await mapWithLimit(named.flatMap(wantedLinks), {
    limit: 8,
    run: async ({ viewFolder, ...wanted }) => {
      signal?.throwIfAborted();
      return planEntry({ ...wanted, fileSystem, strategy, registered, view: await viewOf(viewFolder) });
    },
  });
  const claimed = new Set(planned.map(({ target }) => target));
  const removals = await planRemovals(
    links.filter(({ target }) => !claimed.has(target)),
    strategy,
  );
  const skipped = [
    ...notPlaced.map(({ model, reason }) => skippedEntry(model, reason)),
    ...named.flatMap(({ placement, reason }) => (reason === null ? [] : [skippedEntry(placement.model, reason)])),
  ];
  const entries = [...planned, ...removals, ...skipped];
  return {
    id: newId(),
    app,
    appRoot,
    way,
    appVersion: facts.versionText,
    translation,
    createdAt: new Date(context.clock.now()).toISOString(),
    entries,
    counts: countActions(entries),
    warnings: planWarnings({ profile, facts, rules, views, translation, guessed: placed.guessed, place }),
    advice: advised?.advice ?? [],
    config: place === null ? null : await planConfig(context, { place, links: viewedLinks(planned), signal }),
  };
}

function unmappedReason(way: MappingWay): string {
  return way.kind === 'plan-only' ? way.reason : 'this way of mapping comes later';
}

/** One link that is wanted, and the folder that it is in. */
interface WantedLink {
  readonly placement: Placement;
  readonly file: PlacedFile;
  readonly name: string;
  readonly viewFolder: string;
}

function wantedLinks({ placement, name }: NamedPlacement): readonly WantedLink[] {
  if (name === null) return [];
  const { folder, files } = placement;
  return files.map((file) => {
    if (file.nameInFolder === null) return { placement, file, name, viewFolder: folder };
    return { placement, file, name: `${name}/${file.nameInFolder}`, viewFolder: `${folder}/${name}` };
  });
}

function skippedEntry({ record }: MappableModel, reason: LinkReason): LinkPlanEntry {
  const { id: modelId, slug } = record;
  return {
    action: 'skipped',
    modelId,
    slug,
    fileSha256: null,
    source: null,
    folder: null,
    name: null,
    target: null,
    reason,
  };
}

function countActions(entries: readonly LinkPlanEntry[]): Record<PlannedAction, number> {
  const counts = Object.fromEntries(plannedActions.map((action) => [action, 0])) as Record<PlannedAction, number>;
  for (const { action } of entries) counts[action] += 1;
  return counts;
}
