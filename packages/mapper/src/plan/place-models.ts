import type { FileSystem } from '@modelkeep/io';
import type { AppFacts } from '../app/app-facts.ts';
import { chooseFolder } from '../app/choose-folder.ts';
import type { IsOnlyOurs } from '../app/only-ours.ts';
import type { MayLeaveAt } from '../app/target-folder.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import { inTurns } from '../support/in-turns.ts';
import type { MappableModel } from './mappable-model.ts';
import { acceptanceOf } from './accepted-by.ts';
import { placeModel } from './place-model.ts';
import { placedSource } from './placed-files.ts';
import type { NotPlaced, Placement } from './placement.ts';
import type { SourceLooks } from './source-looks.ts';

/** @internal */
export interface PlaceModelsOptions {
  readonly fileSystem: FileSystem;
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  readonly appRoot: string;
  readonly mayLeaveAt: MayLeaveAt;
  readonly isOnlyOurs: IsOnlyOurs;
  readonly models: readonly MappableModel[];
  /** Models that have a link already: what they need is asked for when it is compared. */
  readonly linkedModels: ReadonlySet<string>;
  readonly looks: SourceLooks;
  readonly signal: AbortSignal | undefined;
}

/** @internal Where the models go, and those that go nowhere. */
export interface PlacedModels {
  readonly placements: readonly Placement[];
  readonly notPlaced: readonly NotPlaced[];
  /** The rules that took a model. */
  readonly rules: ReadonlySet<MappingRule>;
  /** Models whose place rests on a version that is not known. */
  readonly guessed: number;
}

/** @internal Decides about each model, and about the folder of each rule once. */
export async function placeModels(options: PlaceModelsOptions): Promise<PlacedModels> {
  const { fileSystem, profile, facts, appRoot, mayLeaveAt, isOnlyOurs, models, linkedModels, looks, signal } = options;
  const placements: Placement[] = [];
  const notPlaced: NotPlaced[] = [];
  const folders = new Map<MappingRule, string>();
  let guessed = 0;
  const folderOf = async (rule: MappingRule): Promise<string> => {
    const choosing = { fileSystem, appRoot, mayLeaveAt, isOnlyOurs, version: facts.version };
    const folder = folders.get(rule) ?? (await chooseFolder(rule, choosing));
    folders.set(rule, folder);
    return folder;
  };
  const accept = acceptanceOf(profile);
  for await (const some of inTurns(models, { signal })) {
    for (const model of some) {
      const place = placeModel(model, { profile, facts, accept });
      if (place.rule === null) {
        notPlaced.push({ model, reason: place.reason });
        continue;
      }
      const { rule, subfolder, baseName, digest, links } = place;
      if (place.guessed) guessed += 1;
      const ruleFolder = folders.get(rule) ?? (await folderOf(rule));
      const folder = subfolder === null ? ruleFolder : `${ruleFolder}/${subfolder}`;
      const placement: Placement = { model, folder, baseName, digest, links, look: null, lookedAt: 0 };
      placements.push(placement);
      if (links !== 'parts' && !linkedModels.has(model.record.id))
        looks.ask(placement, { source: placedSource(placement), folder: model.folder });
    }
  }
  looks.send();
  return { placements, notPlaced, rules: new Set(folders.keys()), guessed };
}
