import type { PlanWarning } from '../plan/link-plan.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import { settingFor, type ConfigPlace } from './config-place.ts';

/** @internal */
export interface ConfigWarningsOptions {
  readonly profile: AppProfile;
  /** The rules that took a model. */
  readonly rules: ReadonlySet<MappingRule>;
  readonly place: ConfigPlace | null;
}

/** @internal What a person should know before an app is led to another folder. */
export function configWarnings({ profile, rules, place }: ConfigWarningsOptions): readonly PlanWarning[] {
  if (place === null) return [];
  const warnings: PlanWarning[] = [];
  const folders = [...rules].flatMap((rule) => rule.folders.map(({ path }) => path));
  const settings = new Set(folders.map((folder) => settingFor(place.facts, folder)));
  for (const setting of settings) {
    if (setting?.effect !== 'replaces') continue;
    const message = `with ${setting.key} ${profile.name} no longer looks into its own ${setting.folder}`;
    warnings.push({ code: 'setting-replaces', message });
  }
  if (place.facts.format === 'webui-user' && /[\\/]\.[^\\/]/.test(place.viewRoot)) {
    const message = `${profile.name} looks into no folder below one whose name begins with a dot: ${place.viewRoot}`;
    warnings.push({ code: 'hidden-folder', message });
  }
  return warnings;
}
