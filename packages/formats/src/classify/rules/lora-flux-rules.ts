import type { Rule } from '../rule.ts';
import { loraOf } from './lora-facts.ts';

const native = /^(double_blocks[._]\d+[._](img|txt)_(attn|mlp|mod)|single_blocks[._]\d+[._](linear|modulation))/;

/** Adapters of FLUX, Chroma and Hunyuan Video in the names of their own code. */
export const loraFluxRules: readonly Rule[] = [
  {
    id: 'lora-chroma',
    when: [{ matches: /^distilled_guidance_layer[._]/ }],
    facts: { type: 'lora', family: 'chroma', baseModel: 'Chroma' },
  },
  {
    id: 'lora-hunyuan-video',
    when: [
      {
        matches:
          /^(double_blocks[._]\d+[._](img|txt)_(mod[._]linear|mlp[._]fc[12])|single_blocks[._]\d+[._]modulation[._]linear)/,
      },
    ],
    facts: loraOf('hunyuan-video'),
  },
  {
    id: 'lora-flux2-diffusers',
    when: [{ matches: /[._](attn[._]to_qkv_mlp_proj|ff[._]linear_in)$/ }],
    facts: loraOf('flux2'),
  },
  {
    id: 'lora-flux2-text',
    when: [{ tensor: /^(txt_in|context_embedder)$/, axis: 1, is: [7680, 12_288, 15_360] }],
    facts: loraOf('flux2'),
  },
  {
    id: 'lora-flux2',
    when: [
      {
        tensor: /^(double_blocks[._]\d+[._](img|txt)_attn[._](qkv|proj)|single_blocks[._]\d+[._]linear1)$/,
        axis: 1,
        is: [4096, 6144],
      },
    ],
    facts: loraOf('flux2'),
  },
  {
    id: 'lora-flux2-gated',
    when: [
      {
        tensor: /^(double_blocks[._]\d+[._](img|txt)_mlp[._]0|single_blocks[._]\d+[._]linear1)$/,
        axis: 0,
        is: [18_432, 24_576, 27_648, 36_864, 55_296],
      },
    ],
    facts: loraOf('flux2'),
  },
  {
    id: 'lora-flux1-control',
    when: [{ tensor: 'img_in', axis: 0, is: 3072 }, { matches: /^double_blocks\.\d+\.img_attn\.proj$/ }],
    facts: { type: 'lora', family: 'flux1', variant: 'control' },
    refine: [[{ when: [{ has: 'guidance_in.in_layer' }], facts: { baseModel: 'Flux.1 D' } }]],
  },
  {
    id: 'lora-flux1-modulation',
    when: [{ matches: /^(double_blocks[._]\d+[._](img|txt)_mod[._]lin|single_blocks[._]\d+[._]modulation[._]lin)$/ }],
    facts: loraOf('flux1'),
  },
  {
    id: 'lora-flux1-mlp',
    when: [{ tensor: /^double_blocks[._]\d+[._](img|txt)_mlp[._]0$/, axis: 0, is: 12_288 }],
    facts: loraOf('flux1'),
    note: 'Chroma has the same modules',
    confidence: 0.85,
  },
  {
    id: 'lora-flux1-depth',
    when: [
      {
        tensor:
          /^(double_blocks[._](8|9|1\d)[._](img|txt)_attn[._](qkv|proj)|single_blocks[._](2[4-9]|3[0-7])[._]linear1)$/,
        axis: 1,
        is: 3072,
      },
      { lacksMatch: /^(double_blocks[._](19|[2-9]\d)|single_blocks[._](3[89]|[4-9]\d)|double_blocks\.\d+\.img_attn_)/ },
    ],
    facts: loraOf('flux1'),
    note: 'Chroma has the same modules',
    confidence: 0.75,
  },
  { id: 'lora-flux1-xlabs', when: [{ matches: /^double_blocks\.\d+\.processor$/ }], facts: loraOf('flux1') },
  {
    id: 'lora-flux-line',
    when: [{ matches: native }],
    facts: loraOf(null),
    note: 'FLUX.1, FLUX.2 and Hunyuan Video share these modules',
    confidence: 0.6,
  },
];
