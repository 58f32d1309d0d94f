import type { ModelFacts, ModelType } from '@modelkeep/core';
import { architectureClaim } from './architecture-names.ts';
import { cleanList, cleanText } from './clean-text.ts';
import { oneTrainerClaims } from './one-trainer.ts';

/** The part after the slash of `modelspec.architecture`. */
const typeOfSuffix: ReadonlyMap<string, ModelType> = new Map([
  ['lora', 'lora'],
  ['textual-inversion', 'embedding'],
  ['controlnet', 'controlnet'],
  ['vae', 'vae'],
]);
const LORA_NETWORK = /^(?:networks\.|lycoris\.)/;

/** @internal What the metadata of a safetensors header claims, after the model specification and kohya's trainer. */
export function safetensorsClaims(metadata: ReadonlyMap<string, string>): ModelFacts {
  const spec = (key: string): string | undefined => metadata.get(`modelspec.${key}`);
  const [architecture, suffix] = (spec('architecture') ?? '').split('/', 2);
  const specified = architectureClaim(architecture);
  const trained = architectureClaim(metadata.get('ss_base_model_version'));
  const oneTrainer = oneTrainerClaims(metadata.get('ot_config'));
  const family =
    specified.family ?? trained.family ?? oneTrainer.family ?? (metadata.get('ss_v2') === 'True' ? 'sd2' : null);
  const agreeing = [specified, trained].find((claim) => claim.family === family && claim.baseModel !== undefined);
  const isNetwork = LORA_NETWORK.test(metadata.get('ss_network_module') ?? '');
  return {
    name: cleanText(spec('title'), 256) ?? cleanText(metadata.get('ss_output_name'), 256),
    type: typeOfSuffix.get(suffix ?? '') ?? (isNetwork ? 'lora' : (oneTrainer.type ?? null)),
    family,
    baseModel: agreeing?.baseModel ?? null,
    variant: spec('prediction_type') === 'v' ? 'v-prediction' : null,
    description: cleanText(spec('description'), 10_000) ?? cleanText(metadata.get('ss_training_comment'), 10_000),
    tags: cleanList((spec('tags') ?? '').split(',')),
    triggerWords: cleanList((spec('trigger_phrase') ?? '').split(',')),
    licence: cleanText(spec('license'), 256),
  };
}
