import { newId } from '@modelkeep/core';
import { resolveAppRoot } from '../app/app-root.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';
import { inTurns, keyedInTurns } from '../support/in-turns.ts';
import { createFolderViews, type FolderView } from './folder-views.ts';
import { libraryRootsOf, refuseLibraryAsApp } from './library-roots.ts';
import { sumEntries } from './entry-sums.ts';
import type { LinkPlan, LinkPlanEntry } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import { configPlaceOf, settable, viewedLinks } from '../config/config-place.ts';
import { planConfig } from '../config/plan-config.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import { createStrategyChooser, type LinkingOptions } from './choose-strategies.ts';
import { createPreviewLinks } from './preview-links.ts';
import { linkWarnings } from './link-warnings.ts';
import { otherWayWarnings } from './other-way-warning.ts';
import { planAdvice } from './plan-advice.ts';
import { resolveApp } from './resolve-app.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { NotPlaced } from './placement.ts';
import type { WantedLink } from './wanted-link.ts';
import { inPortions, wantedInApp } from './wanted-in-app.ts';
import { planEntries } from './plan-entries.ts';
import { planRemovals } from './plan-removals.ts';
import { planWarnings } from './plan-warnings.ts';
import { createSourceLooks } from './source-looks.ts';
import { sandboxWarnings } from './sandbox-warning.ts';

/** What is to be mapped, and to which app. */
export interface PlanLinksOptions {
  /** Id of a profile: `comfyui`. */
  readonly app: string;
  /** The app's folder, absolute. To pass it is the grant: nothing outside of it is linked, but where the user has put a folder that the profile names, or one above it, elsewhere by a link. */
  readonly appRoot: string;
  /** Such as `0.3.40`. @default what the app's folder says; where it does not, the folders that are there decide */
  readonly appVersion?: string | undefined;
  /** Which of the translation configs counts. @default 'default' */
  readonly modelConfig?: string | undefined;
  /** One of the ways that the profile names. @default the profile's first */
  readonly way?: MappingWay['kind'] | undefined;
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
  const granted = await resolveAppRoot(fileSystem, options.appRoot);
  const { modelConfig } = options;
  const naming = { app, appRoot: granted, appVersion, modelConfig, way: options.way, signal };
  const [libraryRoots, resolved] = await Promise.all([libraryRootsOf(models, signal), resolveApp(context, naming)]);
  refuseLibraryAsApp({ appRoot: granted, libraryRoots, models });
  const { profile, mayLeaveAt, facts, translation, way } = resolved;
  const place = await configPlaceOf(context, { app, appRoot: granted, profile, way });
  const appRoot = place?.viewRoot ?? granted;
  const layout = storeLayoutOf({ way });
  const isLinked = way.kind === 'links' || place !== null || layout !== null;
  const advised = isLinked ? null : planAdvice(models, { profile, facts, reason: unmappedReason(way) });
  const links = await context.links.list({ app, appRoot }, signal);
  const registered = await keyedInTurns(links, ({ target }) => target);
  const viewOf = createFolderViews({ fileSystem, appRoot, mayLeaveAt, libraryRoots });
  const mapped = advised === null ? models : [];
  const looks = createSourceLooks({ kindsOf: context.kindsOf, signal });
  const placing = { profile, facts, appRoot, mayLeaveAt, layout, models: mapped, links, registered, looks, signal };
  const found = await wantedInApp(context, placing);
  const { rules, guessed } = found;
  const notSet: NotPlaced[] = [];
  const views = new Map<string, FolderView>();
  const chooser = createStrategyChooser({
    fileSystem,
    linking,
    canReadBytes: hands.canReadBytes,
    order: layout?.prefer ?? null,
  });
  const comparing = { views, viewOf, chooser, linking, registered, looks, signal };
  const ends = layout === null ? profile.sidecars.previews : [];
  const picturesOf = createPreviewLinks({ ends, views, registered });
  const weights: LinkPlanEntry[] = [];
  const pictures: WantedLink[] = [];
  for await (const some of planEntries(context, { ...comparing, wanted: settable(found.wanted, { place, notSet }) })) {
    weights.push(...some.entries);
    pictures.push(...picturesOf(some));
  }
  const planned = [...weights];
  for await (const { entries } of planEntries(context, { ...comparing, wanted: inPortions(pictures) }))
    planned.push(...entries);
  const removals = await planRemovals(await unclaimed(registered, planned), hands);
  const skipped = [...found.notPlaced, ...notSet, ...(advised?.notPlaced ?? [])].map(({ model, reason }) =>
    skippedEntry(model, reason),
  );
  const entries = [...planned, ...removals, ...skipped];
  const sums = await sumEntries(entries, signal);
  return {
    id: newId(),
    app,
    appRoot,
    way,
    appVersion: facts.versionText,
    translation,
    createdAt: new Date(context.clock.now()).toISOString(),
    entries,
    counts: sums.counts,
    warnings: [
      ...planWarnings({ profile, facts, rules, views, translation, guessed, place }),
      ...(await otherWayWarnings(context, { profile, appRoot: granted, place, signal })),
      ...sandboxWarnings({ appRoot: granted, appName: profile.name, libraryRoots }),
      ...linkWarnings(sums, layout?.symlinkWarning),
    ],
    choices: chooser.choices(),
    bytesToWrite: sums.bytesToWrite,
    advice: advised?.advice ?? [],
    config: place === null ? null : await planConfig(context, { place, links: viewedLinks(weights), signal }),
  };
}

/** The links that are recorded and not planned for. */
async function unclaimed(
  registered: ReadonlyMap<string, RegisteredLink>,
  planned: readonly LinkPlanEntry[],
): Promise<readonly RegisteredLink[]> {
  if (registered.size === 0) return [];
  const left = new Map<string | null, RegisteredLink>(registered);
  for await (const some of inTurns(planned)) for (const { target } of some) left.delete(target);
  return [...left.values()];
}

function unmappedReason(way: MappingWay): string {
  return way.kind === 'plan-only' ? way.reason : 'this way of mapping comes later';
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
