import { newId } from '@modelkeep/core';
import { readAppFacts } from '../app/app-facts.ts';
import { resolveAppRoot } from '../app/app-root.ts';
import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { mapWithLimit } from '../support/map-with-limit.ts';
import { assignNames, type NamedPlacement } from './assign-names.ts';
import { createFolderViews, type FolderView } from './folder-views.ts';
import { libraryRootsOf, refuseLibraryAsApp } from './library-roots.ts';
import { plannedActions, type LinkPlan, type LinkPlanEntry, type PlannedAction } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import { placeModels, type PlaceModelsOptions } from './place-models.ts';
import type { MappingRule } from '../profiles/app-profile.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { linkWarnings } from './link-warnings.ts';
import type { NotPlaced } from './placement.ts';
import type { WantedLink } from './wanted-link.ts';
import { createStrategyChooser, type LinkingOptions } from './choose-strategies.ts';
import { storeBase } from '../stores/store-base.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import { wantedInStore } from '../stores/wanted-in-store.ts';
import { planEntry } from './plan-entry.ts';
import { planRemovals } from './plan-removals.ts';
import { planWarnings } from './plan-warnings.ts';

/** What is to be mapped, and to which app. */
export interface PlanLinksOptions {
  /** Id of a profile: `comfyui`. */
  readonly app: string;
  /** The app's folder, absolute. To pass it is the grant: nothing outside of it is linked, but for folders that links of the user's own lead to. */
  readonly appRoot: string;
  /** Such as `0.3.40`. @default the folders that are there decide */
  readonly appVersion?: string | undefined;
  /** All models that the app is to see: links to any other model are removed. */
  readonly models: readonly MappableModel[];
  /** How links are to be made. @default as suits the app, and never as copies */
  readonly linking?: LinkingOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Changes nothing, neither in the app's folder nor in the registry. */
export async function planLinks(context: MapperContext, options: PlanLinksOptions): Promise<LinkPlan> {
  const { app, appVersion, models, linking, signal } = options;
  const { fileSystem, hands } = context;
  signal?.throwIfAborted();
  const profile = await findProfile(context.profiles, app);
  const appRoot = await resolveAppRoot(fileSystem, options.appRoot);
  const libraryRoots = libraryRootsOf(models);
  refuseLibraryAsApp({ appRoot, libraryRoots });
  const facts = await readAppFacts({ fileSystem, profile, appRoot, appVersion });
  const links = await context.links.list({ app, appRoot }, signal);
  const registered = new Map(links.map((link) => [link.target, link]));
  const viewOf = createFolderViews({ fileSystem, appRoot, libraryRoots });
  const layout = storeLayoutOf(profile);
  const { wanted, notPlaced, rules } =
    layout === null
      ? await wantedInFolders(context, { profile, facts, appRoot, models, links, signal })
      : {
          ...(await wantedInStore({
            profile,
            facts,
            layout,
            base: await storeBase(fileSystem, { appRoot, layout }),
            models,
            registered: links,
            signal,
          })),
          rules: new Set<MappingRule>(),
        };
  const views = new Map<string, FolderView>();
  for (const { folder } of wanted) if (!views.has(folder)) views.set(folder, await viewOf(folder));
  const chooser = createStrategyChooser({
    fileSystem,
    linking,
    canReadBytes: hands.canReadBytes,
    order: layout?.prefer ?? null,
  });
  const planned = await mapWithLimit(wanted, {
    limit: 8,
    run: async (one) => {
      signal?.throwIfAborted();
      const view = views.get(one.viewFolder) ?? (await viewOf(one.viewFolder));
      return planEntry({ wanted: one, fileSystem, hands, chooser, linking, registered, view });
    },
  });
  const claimed = new Set(planned.map(({ target }) => target));
  const removals = await planRemovals(
    links.filter(({ target }) => !claimed.has(target)),
    hands,
  );
  const skipped = notPlaced.map(({ model, reason }) => skippedEntry(model, reason));
  const entries = [...planned, ...removals, ...skipped];
  return {
    id: newId(),
    app,
    appRoot,
    createdAt: new Date(context.clock.now()).toISOString(),
    entries,
    counts: countActions(entries),
    warnings: [...planWarnings({ profile, facts, rules, views }), ...linkWarnings(entries, layout?.symlinkWarning)],
    choices: chooser.choices(),
    bytesToWrite: entries.reduce((sum, { bytesToWrite }) => sum + bytesToWrite, 0),
  };
}

/** What is wanted in the folders of an app that is mapped by links. */
async function wantedInFolders(
  { fileSystem }: MapperContext,
  request: Omit<PlaceModelsOptions, 'fileSystem'> & { readonly links: readonly RegisteredLink[] },
): Promise<{
  readonly wanted: readonly WantedLink[];
  readonly notPlaced: readonly NotPlaced[];
  readonly rules: ReadonlySet<MappingRule>;
}> {
  const { links, ...placing } = request;
  const { placements, notPlaced, rules } = await placeModels({ fileSystem, ...placing });
  const named = await assignNames(placements, links);
  const nameless = named.flatMap(({ placement: { model }, reason }) => (reason === null ? [] : [{ model, reason }]));
  return { wanted: named.flatMap(wantedLinks), notPlaced: [...notPlaced, ...nameless], rules };
}

function wantedLinks({ placement, name }: NamedPlacement): readonly WantedLink[] {
  if (name === null) return [];
  const { model, folder, files } = placement;
  return files.map((file) => {
    if (file.nameInFolder === null) return { model, folder, file, name, viewFolder: folder };
    return { model, folder, file, name: `${name}/${file.nameInFolder}`, viewFolder: `${folder}/${name}` };
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
    strategies: [],
    bytesToWrite: 0,
    reason,
  };
}

function countActions(entries: readonly LinkPlanEntry[]): Record<PlannedAction, number> {
  const counts = Object.fromEntries(plannedActions.map((action) => [action, 0])) as Record<PlannedAction, number>;
  for (const { action } of entries) counts[action] += 1;
  return counts;
}
