import type { AppFacts } from '../app/app-facts.ts';
import type { AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { FolderView } from './folder-views.ts';
import type { PlanWarning } from './link-plan.ts';

/** @internal */
export interface PlanWarningsOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  /** The rules that took a model. */
  readonly rules: ReadonlySet<MappingRule>;
  /** The folders that links go to, by their path in the app. */
  readonly views: ReadonlyMap<string, FolderView>;
}

/** @internal What a person should know before the plan is applied. */
export function planWarnings({ profile, facts, rules, views }: PlanWarningsOptions): readonly PlanWarning[] {
  const warnings: PlanWarning[] = [];
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
