import { ModelkeepError } from '@modelkeep/core';
import { readAppFacts, type AppFacts } from '../app/app-facts.ts';
import type { MayLeaveAt } from '../app/target-folder.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { foldersToLeaveAt } from '../profiles/folders-to-leave-at.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';
import { chooseTranslation, DEFAULT_MODEL_CONFIG } from '../translation/choose-translation.ts';
import { loadTranslations } from '../translation/load-translations.ts';
import type { ChosenTranslation } from '../translation/translation-config.ts';
import { translateProfile } from '../translation/translate-profile.ts';

/** @internal */
export interface ResolveAppOptions {
  readonly app: string;
  readonly appRoot: string;
  readonly appVersion: string | undefined;
  readonly modelConfig: string | undefined;
  readonly way: MappingWay['kind'] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @internal An installation of an app, and what holds for it. */
export interface ResolvedApp {
  /** With what a translation config says. */
  readonly profile: AppProfile;
  /** As the profile alone says it. */
  readonly mayLeaveAt: MayLeaveAt;
  readonly facts: AppFacts;
  readonly translation: ChosenTranslation | null;
  readonly way: MappingWay;
}

/** @internal @throws `mapper.unknown-app`, `mapper.invalid-profile`, `mapper.invalid-translation`, `core.invalid-argument` */
export async function resolveApp(context: MapperContext, options: ResolveAppOptions): Promise<ResolvedApp> {
  const { fileSystem, profiles, translationFolder } = context;
  const { app, appRoot, appVersion, modelConfig = DEFAULT_MODEL_CONFIG, signal } = options;
  const known = await findProfile(profiles, app);
  const facts = await readAppFacts({ fileSystem, profile: known, appRoot, appVersion });
  const apps = profiles.map(({ id }) => id);
  const loaded = await loadTranslations({ fileSystem, folder: translationFolder, profile: known, apps, signal });
  if (modelConfig !== DEFAULT_MODEL_CONFIG && !loaded.some((one) => one.modelConfig === modelConfig)) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `there is no translation config "${modelConfig}" for ${known.name}`,
      facts: { argument: 'modelConfig', found: modelConfig },
      hint: `name a file ${app}_<appversion>_${modelConfig}.json in the folder of translation configs`,
    });
  }
  const chosen = chooseTranslation(loaded, { version: facts.version, modelConfig });
  const profile = chosen === null ? known : translateProfile(known, chosen.config);
  const translation =
    chosen === null ? null : { file: chosen.file, appVersion: chosen.appVersion, modelConfig: chosen.modelConfig };
  return { profile, mayLeaveAt: foldersToLeaveAt(known), facts, translation, way: chooseWay(profile, options.way) };
}

function chooseWay(profile: AppProfile, wanted: MappingWay['kind'] | undefined): MappingWay {
  const ways = [profile.way, ...profile.otherWays];
  const way = wanted === undefined ? profile.way : ways.find(({ kind }) => kind === wanted);
  if (way !== undefined) return way;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${profile.name} cannot be mapped by ${wanted}`,
    facts: { argument: 'way', found: wanted },
    hint: `it can be by ${ways.map(({ kind }) => kind).join(' or ')}`,
  });
}
