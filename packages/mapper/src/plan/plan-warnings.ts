import type { AppFacts } from '../app/app-facts.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { FolderView } from './folder-views.ts';
import { configWarnings } from '../config/config-warnings.ts';
import type { ConfigPlace } from '../config/config-place.ts';
import { isWithin } from '../versions/newest-version.ts';
import type { ChosenTranslation } from '../translation/translation-config.ts';
import type { PlanWarning } from './link-plan.ts';

/** @internal */
export interface PlanWarningsOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  /** The rules that took a model. */
  readonly rules: ReadonlySet<MappingRule>;
  /** The folders that links go to, by their path in the app. */
  readonly views: ReadonlyMap<string, FolderView>;
  readonly translation: ChosenTranslation | null;
  /** Where the app's config leads to; null where it is mapped without one. */
  readonly place: ConfigPlace | null;
  /** Models whose place rests on a version that is not known. */
  readonly guessed: number;
}

/** @internal What a person should know before the plan is applied. */
export function planWarnings(options: PlanWarningsOptions): readonly PlanWarning[] {
  const { profile, facts, rules, views } = options;
  const warnings: PlanWarning[] = [...versionWarnings(options), ...configWarnings(options)];
  if (!facts.recognised) {
    const message = `this folder does not look like ${profile.name}: it has none of ${profile.marks.join(', ')}`;
    warnings.push({ code: 'not-recognised', message });
  }
  const wanted = new Set(
    [...rules].flatMap(({ accepts }) =>
      accepts.flatMap(({ plugin }) => (plugin?.missing === 'warn' ? [plugin.name] : [])),
    ),
  );
  for (const name of wanted) {
    if (!facts.hasPlugin(name))
      warnings.push({
        code: 'plugin-missing',
        message: `some models are read by ${name} only, which is not installed`,
      });
  }
  for (const [folder, { leavesApp, path, problem }] of views) {
    if (leavesApp && problem === null)
      warnings.push({ code: 'linked-folder', message: `${folder} is a link: the models are linked in ${path}` });
  }
  return warnings;
}

/** A version that is not known counts as the newest: people are told where that decides something. */
function versionWarnings({ profile, facts, translation, guessed }: PlanWarningsOptions): PlanWarning[] {
  const { version, versionText } = facts;
  if (version === null) {
    const decides = guessed > 0 || (translation !== null && translation.appVersion !== 'any');
    if (!decides) return [];
    const what = versionText === null ? 'is not known' : `"${versionText}" says no number`;
    const message = `the version of ${profile.name} ${what}: it counts as newer than all that are named`;
    return [{ code: 'version-unknown', message }];
  }
  if (isWithin(version, profile.versions.holdsFor)) return [];
  const message = `what is known of ${profile.name} holds for ${profile.versions.holdsFor}, and this is ${version}`;
  return [{ code: 'version-not-covered', message }];
}
