import type { AppFacts } from '../app/app-facts.ts';
import { onlyOurs } from '../app/only-ours.ts';
import type { MayLeaveAt } from '../app/target-folder.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { storeBase } from '../stores/store-base.ts';
import type { StoreLayout } from '../stores/store-layout.ts';
import { wantedInStore } from '../stores/wanted-in-store.ts';
import { inTurns } from '../support/in-turns.ts';
import { assignNames } from './assign-names.ts';
import type { MappableModel } from './mappable-model.ts';
import { placeModels } from './place-models.ts';
import type { NotPlaced, PlacedFile, Placement } from './placement.ts';
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
  readonly signal: AbortSignal | undefined;
}

/** @internal What an app is to have, and what it does not get. */
export interface WantedInApp {
  readonly wanted: readonly WantedLink[];
  readonly notPlaced: readonly NotPlaced[];
  /** The rules that took a model. */
  readonly rules: ReadonlySet<MappingRule>;
  /** Models whose place rests on a version that is not known. */
  readonly guessed: number;
}

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
    return { ...inStore, rules: new Set() };
  }
  const made = new Set(await folders.list({ app: profile.id, appRoot }, signal));
  const isOnlyOurs = onlyOurs({ fileSystem, hands, made, registered: options.registered });
  const { placements, notPlaced, rules, guessed } = await placeModels({ fileSystem, isOnlyOurs, ...placing });
  const named = await assignNames(placements, links);
  const wanted: WantedLink[] = [];
  const nameless: NotPlaced[] = [];
  for await (const some of inTurns(named, signal)) {
    for (const { placement, name, reason } of some) {
      const { model, files } = placement;
      if (name === null) nameless.push({ model, reason });
      else for (const file of files) wanted.push(wantedLink({ placement, name, file }));
    }
  }
  return { wanted, notPlaced: [...notPlaced, ...nameless], rules, guessed };
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
