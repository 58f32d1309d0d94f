import type { Rule } from '../rule.ts';
import { adapterModelRules } from './adapter-model-rules.ts';
import { controlRules } from './control-rules.ts';
import { controlTransformerRules } from './control-transformer-rules.ts';
import { fluxRules } from './flux-rules.ts';
import { imageRules } from './image-rules.ts';
import { languageRules } from './language-rules.ts';
import { lateLoraRules, loraRules } from './lora-rules.ts';
import { newerRules } from './newer-rules.ts';
import { olderImageRules } from './older-image-rules.ts';
import { embeddingRules, hypernetworkRules } from './small-rules.ts';
import { textRules, visionRules } from './text-rules.ts';
import { unetRules } from './unet-rules.ts';
import { upscalerRules } from './upscaler-rules.ts';
import { vaeRules } from './vae-rules.ts';
import { videoRules } from './video-rules.ts';
import { videoVaeRules } from './video-vae-rules.ts';
import { wanRules } from './wan-rules.ts';

/** Grows with every change of a rule, so that a library knows which of its models to look at again. */
export const rulesVersion = 7;

/** Rules that are tried below each of some prefixes; the empty one stands for the names as they are. */
export interface RuleGroup {
  readonly prefixes: readonly string[];
  readonly rules: readonly Rule[];
}

/** What training code and tools put before every name. Two of them may follow each other. */
export const wrappers: readonly string[] = [
  'module.',
  '_orig_mod.',
  'state_dict.',
  'model_state_dict.',
  'ema.',
  'params_ema.',
  'params.',
  'model.',
  'net.',
  'generator.',
];

const diffusionPrefixes = ['', 'model.diffusion_model.', 'diffusion_model.', 'transformer.', 'unet.', 'dit.', 'core.'];

/** All rules in the order in which they are tried. */
export const ruleTable: {
  readonly besideModels: readonly RuleGroup[];
  readonly wholeModels: readonly RuleGroup[];
  readonly adapters: readonly Rule[];
  readonly lateAdapters: readonly Rule[];
  readonly afterAdapters: readonly RuleGroup[];
  readonly bundled: readonly { readonly what: string; readonly prefixes: readonly string[] }[];
} = {
  besideModels: [
    {
      prefixes: ['', 'control_model.', 'model.control_model.'],
      rules: [...controlRules, ...controlTransformerRules, ...adapterModelRules],
    },
  ],
  wholeModels: [
    {
      prefixes: diffusionPrefixes,
      rules: [...fluxRules, ...wanRules, ...imageRules, ...unetRules, ...videoRules, ...newerRules, ...olderImageRules],
    },
  ],
  adapters: loraRules,
  lateAdapters: lateLoraRules,
  afterAdapters: [
    { prefixes: [''], rules: embeddingRules },
    { prefixes: [''], rules: upscalerRules },
    { prefixes: ['', 'first_stage_model.', 'vae.', 'autoencoder.'], rules: [...vaeRules, ...videoVaeRules] },
    {
      prefixes: [
        '',
        'transformer.',
        'text_encoder.',
        'text_model.',
        'cond_stage_model.',
        'cond_stage_model.transformer.',
        'cond_stage_model.model.',
        'text_encoders.clip_l.transformer.',
        'text_encoders.t5xxl.transformer.',
      ],
      rules: textRules,
    },
    { prefixes: ['', 'image_encoder.', 'visual.'], rules: visionRules },
    { prefixes: [''], rules: languageRules },
    { prefixes: [''], rules: hypernetworkRules },
  ],
  bundled: [
    { what: 'a VAE', prefixes: ['first_stage_model.', 'vae.'] },
    { what: 'text encoders', prefixes: ['cond_stage_model.', 'conditioner.', 'text_encoders.'] },
  ],
};
