import { setImmediate as yieldToLoop } from 'node:timers/promises';
import type { FileSystem } from '@modelkeep/io';
import type { AppFacts } from '../app/app-facts.ts';
import { chooseFolder } from '../app/choose-folder.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { MappableModel } from './mappable-model.ts';
import { placeModel } from './place-model.ts';
import type { NotPlaced, Placement } from './placement.ts';

/** Models that are decided about without giving the event loop a turn: about a millisecond of work. */
const MODELS_AT_ONCE = 500;

/** @internal */
export interface PlaceModelsOptions {
  readonly fileSystem: FileSystem;
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  readonly appRoot: string;
  readonly models: readonly MappableModel[];
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
  const { fileSystem, profile, facts, appRoot, models, signal } = options;
  const placements: Placement[] = [];
  const notPlaced: NotPlaced[] = [];
  const folders = new Map<MappingRule, string>();
  let guessed = 0;
  for (const [index, model] of models.entries()) {
    if (index % MODELS_AT_ONCE === MODELS_AT_ONCE - 1) {
      await yieldToLoop();
      signal?.throwIfAborted();
    }
    const place = placeModel(model, { profile, facts });
    if (place.rule === null) {
      notPlaced.push({ model, reason: place.reason });
      continue;
    }
    const { rule, subfolder, baseName, digest, files } = place;
    if (place.guessed) guessed += 1;
    const ruleFolder = folders.get(rule) ?? (await chooseFolder(rule, { fileSystem, appRoot, version: facts.version }));
    folders.set(rule, ruleFolder);
    const folder = subfolder === null ? ruleFolder : `${ruleFolder}/${subfolder}`;
    placements.push({ model, folder, baseName, digest, files });
  }
  return { placements, notPlaced, rules: new Set(folders.keys()), guessed };
}
