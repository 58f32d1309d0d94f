import type { Rule } from '../rule.ts';

function upscaler(variant: string, ...names: readonly string[]): Rule {
  return {
    id: `upscaler-${variant}`,
    when: names.map((has) => ({ has })),
    facts: { type: 'upscaler', family: null, variant },
  };
}

/** Upscalers, after the keys that identify them in the spandrel project. */
export const upscalerRules: readonly Rule[] = [
  upscaler('esrgan', 'body.0.rdb1.conv1.weight', 'conv_first.weight', 'conv_body.weight'),
  upscaler('esrgan', 'model.1.sub.0.RDB1.conv1.0.weight'),
  upscaler('hat', 'relative_position_index_SA', 'layers.0.residual_group.blocks.0.norm1.weight'),
  upscaler(
    'swinir',
    'layers.0.residual_group.blocks.0.norm1.weight',
    'layers.0.residual_group.blocks.0.attn.relative_position_index',
  ),
  upscaler('dat', 'before_RG.1.weight', 'layers.0.blocks.0.ffn.sg.norm.weight'),
  upscaler('omnisr', 'residual_layer.0.residual_layer.0.layer.0.fn.0.weight'),
  upscaler('span', 'block_1.c1_r.sk.weight'),
  upscaler('realcugan', 'unet1.conv1.conv.0.weight'),
  upscaler('scunet', 'm_head.0.weight', 'm_tail.0.weight'),
  {
    id: 'upscaler-compact',
    when: [
      { has: 'body.0.weight' },
      { has: 'body.1.weight' },
      { lacksMatch: /^(?!body\.\d+\.(weight|bias)$)/ },
      { tensor: 'body.0.weight', rank: 4 },
    ],
    facts: { type: 'upscaler', family: null, variant: 'compact' },
  },
];

const widths = [
  ['sd1', 768],
  ['sd2', 1024],
  ['sdxl', 1280],
] as const;

/** Textual inversions: a few tables of token vectors and nothing else. */
export const embeddingRules: readonly Rule[] = [
  {
    id: 'embedding-sdxl',
    when: [{ atMostTensors: 9 }, { tensor: 'clip_g', axis: 1, is: 1280 }],
    facts: { type: 'embedding', family: 'sdxl' },
  },
  ...widths.map(([family, width]): Rule => ({
    id: `embedding-${family}`,
    when: [{ atMostTensors: 9 }, { tensor: /^(emb_params|string_to_param\.[^.]+|<[^<>]+>)$/, axis: 1, is: width }],
    facts: { type: 'embedding', family },
  })),
];
