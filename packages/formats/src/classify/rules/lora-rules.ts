import type { Rule } from '../rule.ts';
import { loraOf } from './lora-facts.ts';
import { loraFluxRules } from './lora-flux-rules.ts';
import { loraEncoderRules, loraUnetRules } from './lora-unet-rules.ts';

/*
 * These rules see the modules that an adapter changes, not its own tensors: names without prefix and suffix, shapes
 * [outputs, inputs] of the module, 0 where the adapter does not tell. Trainers write `.` or `_` between the parts.
 */
const joint = /^transformer_blocks[._]\d+[._]attn[._](add_[kqv]_proj|to_add_out)$/;
const jointAttention = /^transformer_blocks[._]\d+[._]attn[._](add_[kqv]_proj|to_[kqv])$/;

const jointRules: readonly Rule[] = [
  {
    id: 'lora-qwen-image',
    when: [
      { matches: /^transformer_blocks[._]\d+[._](img|txt)_(mlp|mod)[._]/ },
      { matches: /^transformer_blocks[._]\d+[._]attn[._]/ },
    ],
    facts: { type: 'lora', family: 'qwen-image', baseModel: 'Qwen' },
  },
  {
    id: 'lora-flux1-diffusers',
    when: [
      { matches: /^single_transformer_blocks[._]\d+[._](proj_mlp|proj_out|attn[._]|norm[._])/ },
      { lacksMatch: /to_qkv_mlp_proj/ },
    ],
    facts: loraOf('flux1'),
    note: 'Chroma has the same modules',
    confidence: 0.85,
  },
  {
    id: 'lora-sd3',
    when: [{ tensor: jointAttention, axis: 1, is: [1536, 2432] }, { lacksMatch: /^single_transformer_blocks/ }],
    facts: loraOf('sd3'),
  },
  { id: 'lora-sd3-native', when: [{ matches: /^joint_blocks[._]\d+[._](x|context)_block[._]/ }], facts: loraOf('sd3') },
  {
    id: 'lora-flux1-context',
    when: [
      { matches: joint },
      { matches: /^transformer_blocks[._]\d+[._](ff_context|norm1_context)[._]/ },
      { tensor: jointAttention, axis: 1, is: 3072 },
    ],
    facts: loraOf('flux1'),
    confidence: 0.75,
  },
  {
    id: 'lora-joint',
    when: [{ matches: joint }],
    facts: loraOf(null),
    note: 'FLUX.1, SD 3 and Qwen-Image share these modules',
    confidence: 0.6,
  },
];

const otherRules: readonly Rule[] = [
  {
    id: 'lora-z-image',
    when: [
      {
        tensor: /^_?(layers|context_refiner|noise_refiner)[._]\d+[._]attention[._](qkv|to_[qkv]|out|to_out[._]0)$/,
        axis: 1,
        is: 3840,
      },
    ],
    facts: loraOf('z-image'),
  },
  {
    id: 'lora-lumina2',
    when: [
      {
        tensor: /^_?(layers|context_refiner|noise_refiner)[._]\d+[._]attention[._](qkv|to_[qkv]|out|to_out[._]0)$/,
        axis: 1,
        is: 2304,
      },
    ],
    facts: { type: 'lora', family: 'lumina2', baseModel: 'Lumina' },
  },
  {
    id: 'lora-wan',
    when: [{ tensor: /^blocks[._]\d+[._](self_attn|cross_attn)[._][qkvo]$/, axis: 1, is: [1536, 3072, 5120] }],
    facts: loraOf('wan'),
  },
  {
    id: 'lora-wan-diffusers',
    when: [{ tensor: /^blocks[._]\d+[._]attn[12][._]to_[qkv]$/, axis: 1, is: [1536, 3072, 5120] }],
    facts: loraOf('wan'),
    confidence: 0.8,
  },
  {
    id: 'lora-anima-adapter',
    when: [{ matches: /^llm_adapter[._]/ }],
    facts: { type: 'lora', family: 'anima', baseModel: 'Anima' },
  },
  {
    id: 'lora-anima',
    when: [
      { tensor: /^blocks[._]\d+[._](self_attn|cross_attn)[._](q|k|v|output)_proj$/, axis: 1, is: 2048 },
      { matches: /^blocks[._]\d+[._](mlp[._]layer[12]|adaln_modulation_)/ },
    ],
    facts: { type: 'lora', family: 'anima', baseModel: 'Anima' },
    note: 'Cosmos-Predict2 2B has the same modules',
    confidence: 0.7,
  },
];

/** Adapters. The last rule takes every one that no other knows. */
export const loraRules: readonly Rule[] = [
  ...loraUnetRules,
  ...loraFluxRules,
  ...jointRules,
  ...otherRules,
  ...loraEncoderRules,
  { id: 'lora', when: [], facts: loraOf(null), confidence: 0.6 },
];
