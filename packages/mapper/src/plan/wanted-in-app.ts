import type { AppFacts } from '../app/app-facts.ts';
import { onlyOurs } from '../app/only-ours.ts';
import type { MayLeaveAt } from '../app/target-folder.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { storeBase } from '../stores/store-base.ts';
import type { StoreLayout } from '../stores/store-layout.ts';
import { wantedInStore } from '../stores/wanted-in-store.ts';
import { assignNames, type GivenName } from './assign-names.ts';
import type { MappableModel } from './mappable-model.ts';
import { placeModels } from './place-models.ts';
import { placedFiles } from './placed-files.ts';
import type { NotPlaced, PlacedFile, Placement } from './placement.ts';
import type { SourceLooks } from './source-looks.ts';
import type { WantedLink } from './wanted-link.ts';

/** @internal */
export interface WantedInAppOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  readonly appRoot: string;
  readonly mayLeaveAt: MayLeaveAt;
  /** null: links in the folders that the profile names. */
  readonly layout: StoreLayout | null;
  readonly models: readonly MappableModel[];
  /** The links of the app that are recorded. */
  readonly links: readonly RegisteredLink[];
  /** The same by their paths. */
  readonly registered: ReadonlyMap<string, RegisteredLink>;
  readonly looks: SourceLooks;
  readonly signal: AbortSignal | undefined;
}

/** @internal What an app is to have, and what it does not get. */
export interface WantedInApp {
  /** The links, some at a time: those of a large library are not all kept at once. */
  readonly wanted: Iterable<readonly WantedLink[]>;
  readonly notPlaced: readonly NotPlaced[];
  /** The rules that took a model. */
  readonly rules: ReadonlySet<MappingRule>;
  /** Models whose place rests on a version that is not known. */
  readonly guessed: number;
}

const LINKS_AT_ONCE = 1_000;

/** @internal Decides by records alone, but for the folders that are there. */
export async function wantedInApp(
  { fileSystem, folders, hands }: MapperContext,
  options: WantedInAppOptions,
): Promise<WantedInApp> {
  const { layout, links, ...placing } = options;
  const { profile, facts, appRoot, models, signal } = placing;
  if (layout !== null) {
    const base = await storeBase(fileSystem, { appRoot, layout });
    const inStore = await wantedInStore({ profile, facts, layout, base, models, registered: links, signal });
    return { ...inStore, wanted: inPortions(inStore.wanted), rules: new Set() };
  }
  const made = new Set(await folders.list({ app: profile.id, appRoot }, signal));
  const isOnlyOurs = onlyOurs({ fileSystem, hands, made, registered: options.registered });
  const linkedModels = new Set(links.map(({ modelId }) => modelId));
  const placed = await placeModels({ fileSystem, isOnlyOurs, linkedModels, ...placing });
  const { placements, notPlaced, rules, guessed } = placed;
  const names = await assignNames(placements, links);
  const nameless = placements.flatMap(({ model }, at) => {
    const name = names[at] as GivenName;
    return typeof name === 'string' ? [] : [{ model, reason: name }];
  });
  return { wanted: named(placements, names), notPlaced: [...notPlaced, ...nameless], rules, guessed };
}

/** @internal A list, some at a time. */
export function* inPortions<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += LINKS_AT_ONCE) yield items.slice(start, start + LINKS_AT_ONCE);
}

function* named(placements: readonly Placement[], names: readonly GivenName[]): Generator<readonly WantedLink[]> {
  let start = 0;
  for (const some of inPortions(placements)) {
    const wanted: WantedLink[] = [];
    for (const [index, placement] of some.entries()) {
      const name = names[start + index] as GivenName;
      if (typeof name !== 'string') continue;
      for (const file of placedFiles(placement)) wanted.push(wantedLink({ placement, name, file }));
    }
    start += some.length;
    yield wanted;
  }
}

interface NamedFile {
  readonly placement: Placement;
  readonly name: string;
  readonly file: PlacedFile;
}

function wantedLink({ placement: { model, folder }, name, file }: NamedFile): WantedLink {
  if (file.nameInFolder === null) return { model, folder, file, name, viewFolder: folder };
  return { model, folder, file, name: `${name}/${file.nameInFolder}`, viewFolder: `${folder}/${name}` };
}
