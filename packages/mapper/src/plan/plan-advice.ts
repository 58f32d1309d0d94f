import type { AppProfile } from '../profiles/app-profile.ts';
import { placeModel } from './place-model.ts';
import { placedSource } from './placed-files.ts';
import type { AppFacts } from '../app/app-facts.ts';
import type { PlanAdvice } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import type { NotPlaced } from './placement.ts';

/** @internal */
export interface PlanAdviceOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  readonly reason: string;
}

/** @internal For an app that is not mapped: why, and what can be done with each model instead. */
export function planAdvice(
  models: readonly MappableModel[],
  { profile, facts, reason }: PlanAdviceOptions,
): { readonly notPlaced: readonly NotPlaced[]; readonly advice: readonly PlanAdvice[] } {
  const notPlaced: NotPlaced[] = [];
  const advice: PlanAdvice[] = [];
  const unmapped: LinkReason = { code: 'plan-only', message: reason };
  for (const model of models) {
    const place = placeModel(model, { profile, facts });
    notPlaced.push({ model, reason: place.rule === null ? place.reason : unmapped });
    if (place.rule === null || place.rule.advice === null) continue;
    const path = placedSource({ model, links: place.links });
    const { id, slug } = model.record;
    advice.push({ modelId: id, slug, text: fillAdvice(place.rule.advice, path) });
  }
  return { notPlaced, advice };
}

/** What a shell could take for its own. */
const percentOf = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** @internal */
export function fillAdvice(advice: string, path: string): string {
  return advice.replaceAll(/\{path(?::(url|shell))?\}/g, (_match, form: string | undefined) => {
    if (form === 'url') return encodeURIComponent(path).replaceAll(/[!'()*]/g, percentOf);
    return form === 'shell' ? `'${path.replaceAll("'", `'"'"'`)}'` : path;
  });
}
