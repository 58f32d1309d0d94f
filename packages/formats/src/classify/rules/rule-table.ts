import type { Rule } from '../rule.ts';
import { controlRules } from './control-rules.ts';
import { fluxRules } from './flux-rules.ts';
import { languageRules } from './language-rules.ts';
import { loraRules } from './lora-rules.ts';
import { embeddingRules, upscalerRules } from './small-rules.ts';
import { textRules } from './text-rules.ts';
import { transformerRules } from './transformer-rules.ts';
import { unetRules } from './unet-rules.ts';
import { vaeRules } from './vae-rules.ts';

/** Grows with every change of a rule, so that a library knows which of its models to look at again. */
export const rulesVersion = 1;

/** Rules that are tried below each of some prefixes; the empty one stands for the names as they are. */
export interface RuleGroup {
  readonly prefixes: readonly string[];
  readonly rules: readonly Rule[];
}

const diffusionPrefixes = [
  '',
  'model.diffusion_model.',
  'diffusion_model.',
  'transformer.',
  'net.',
  'model.model.',
  'model.',
];

/** All rules in the order in which they are tried. */
export const ruleTable: {
  readonly beforeAdapters: readonly RuleGroup[];
  readonly adapters: readonly Rule[];
  readonly afterAdapters: readonly RuleGroup[];
  readonly bundled: readonly { readonly what: string; readonly prefixes: readonly string[] }[];
} = {
  // Each of these needs a whole weight of the model, so a merged checkpoint that kept LoRA tensors stays a checkpoint.
  beforeAdapters: [
    { prefixes: ['', 'control_model.'], rules: controlRules },
    { prefixes: diffusionPrefixes, rules: [...fluxRules, ...unetRules, ...transformerRules] },
  ],
  adapters: loraRules,
  afterAdapters: [
    { prefixes: [''], rules: embeddingRules },
    { prefixes: ['', 'first_stage_model.', 'vae.'], rules: vaeRules },
    {
      prefixes: ['', 'transformer.', 'text_encoder.', 'cond_stage_model.', 'cond_stage_model.transformer.'],
      rules: textRules,
    },
    { prefixes: [''], rules: languageRules },
    { prefixes: ['', 'params_ema.', 'params.', 'state_dict.', 'model.'], rules: upscalerRules },
  ],
  bundled: [
    { what: 'a VAE', prefixes: ['first_stage_model.', 'vae.'] },
    { what: 'text encoders', prefixes: ['cond_stage_model.', 'conditioner.', 'text_encoders.'] },
  ],
};
