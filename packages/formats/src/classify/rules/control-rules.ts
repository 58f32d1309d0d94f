import type { Condition, Refinement, Rule } from '../rule.ts';

const union: readonly (readonly Refinement[])[] = [
  [{ when: [{ has: ['control_add_embedding.linear_1.bias', 'task_embedding'] }], facts: { variant: 'union' } }],
];
const crossAttention = 'transformer_blocks.#.attn2.to_k.weight';
const hint = { below: ['controlnet_cond_embedding.', 'controlnet_down_blocks.'] } as const;

/** SDXL and Kolors look at texts of one width; they differ in that of size and pooled text. */
function vectorOf(name: string, width: number | undefined): readonly Condition[] {
  return width === undefined ? [] : [{ tensor: name, axis: 1, is: width }];
}

/** ControlNets of the U-Nets: in the original names (below `control_model.` or bare) and in those of diffusers. */
function unetControlNets(): readonly Rule[] {
  return (
    [
      ['sd1', 768],
      ['sd2', 1024],
      ['sdxl', 2048, 2816],
      ['kolors', 2048, 5632],
    ] as const
  ).flatMap(([family, width, vector]): readonly Rule[] => [
    {
      id: `controlnet-${family}`,
      when: [
        { has: ['zero_convs.#.#.weight', 'input_hint_block.#.weight'] },
        { tensor: [`input_blocks.#.#.${crossAttention}`, `middle_block.#.${crossAttention}`], axis: 1, is: width },
        { nothingBelow: 'output_blocks.' },
        ...vectorOf('label_emb.#.#.weight', vector),
      ],
      facts: { type: 'controlnet', family, layout: 'ldm' },
      refine: union,
    },
    {
      id: `controlnet-${family}-diffusers`,
      when: [
        hint,
        {
          tensor: [`down_blocks.#.attentions.#.${crossAttention}`, `mid_block.attentions.#.${crossAttention}`],
          axis: 1,
          is: width,
        },
        ...vectorOf('add_embedding.linear_1.weight', vector),
      ],
      facts: { type: 'controlnet', family, layout: 'diffusers' },
      refine: union,
    },
  ]);
}

const sdxlVector: Condition = { tensor: 'add_embedding.linear_1.weight', axis: 1, is: 2816 };

/** What steers a U-Net from beside it. */
export const controlRules: readonly Rule[] = [
  {
    id: 'instantid-controlnet',
    when: [hint, { below: 'image_proj.' }],
    facts: { type: 'controlnet', family: 'sdxl', variant: 'instantid' },
  },
  {
    id: 'sparsectrl',
    when: [
      { below: ['controlnet_cond_embedding.', 'input_hint_block.'] },
      { matches: /motion_modules\.#\.|temporal_transformer\./ },
    ],
    facts: { type: 'controlnet', family: 'sd1', variant: 'sparsectrl' },
  },
  {
    id: 'controlnet-xs',
    when: [{ below: ['control_to_base_for_conv_in.', 'control_to_base_for_conv_in'] }, { below: 'up_connections.' }],
    facts: { type: 'controlnet', family: null, variant: 'xs', layout: 'diffusers' },
  },
  ...unetControlNets(),
  {
    id: 'controlnet-sdxl-cross',
    when: [
      { below: ['controlnet_cond_embedding.', 'controlnet_down_blocks.', 'zero_convs.', 'input_hint_block.'] },
      { tensor: /(?:^|\.)transformer_blocks\.#\.attn2\.to_k\.weight$/, axis: 1, is: 2048 },
      { nothingBelow: ['output_blocks.', 'up_blocks.'] },
    ],
    facts: { type: 'controlnet', family: 'sdxl' },
    note: 'Kolors has the same layers',
    confidence: 0.7,
  },
  {
    id: 'controlnet-sdxl-small',
    when: [hint, sdxlVector],
    facts: { type: 'controlnet', family: 'sdxl', layout: 'diffusers' },
    refine: [[{ when: [], facts: {}, note: 'without cross attention, as the small ControlNets of SDXL' }]],
  },
  ...(
    [
      ['sd1', 768],
      ['sd2', 1024],
      ['sdxl', 2048],
    ] as const
  ).map(([family, width]): Rule => ({
    id: `control-lora-${family}`,
    when: [{ has: 'lora_controlnet' }, { tensor: /attn2\.to_k\.down$/, axis: 1, is: width }],
    facts: { type: 'controlnet', family, variant: 'control-lora' },
  })),
  {
    id: 'control-lora',
    when: [{ has: 'lora_controlnet' }],
    facts: { type: 'controlnet', family: null, variant: 'control-lora' },
  },
  {
    id: 'controlnet-unet',
    when: [
      { has: ['zero_convs.0.0.weight', 'controlnet_cond_embedding.conv_in.weight'] },
      { nothingBelow: 'output_blocks.' },
    ],
    facts: { type: 'controlnet', family: null },
  },
  {
    id: 'controllite-sdxl',
    when: [{ matches: /^lllite_unet_/ }],
    facts: { type: 'controlnet', family: 'sdxl', variant: 'lllite', layout: 'kohya' },
  },
  {
    id: 'controllite-anima',
    when: [{ matches: /^lllite_dit_blocks_/ }],
    facts: { type: 'controlnet', family: 'anima', variant: 'lllite', layout: 'kohya' },
  },
];
