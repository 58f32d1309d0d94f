import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { TranslationConfig, TranslationRule } from './translation-config.ts';

/** @internal The profile with what a translation config says in its place. */
export function translateProfile(profile: AppProfile, config: TranslationConfig): AppProfile {
  const { way = profile.way, fileNames = profile.fileNames, rules = [], unmapped = [] } = config;
  const gone = new Set(unmapped.flatMap(({ types }) => types));
  const translated = [...rules.flatMap((rule) => rulesOf(rule, profile)), ...profile.rules];
  return {
    ...profile,
    way,
    fileNames,
    rules: translated.flatMap((rule) => {
      const types = rule.types.filter((type) => !gone.has(type));
      return types.length === 0 ? [] : [{ ...rule, types }];
    }),
    unmapped: [...unmapped, ...profile.unmapped],
  };
}

function rulesOf(
  { types, families = null, folder, accepts }: TranslationRule,
  profile: AppProfile,
): readonly MappingRule[] {
  const folders = [{ path: folder, since: null }];
  if (accepts !== undefined) return [{ types, families, folders, accepts, advice: null }];
  return profile.rules.flatMap((rule) => {
    const shared = types.filter((type) => rule.types.includes(type));
    return shared.length === 0 ? [] : [{ ...rule, types: shared, families: families ?? rule.families, folders }];
  });
}
