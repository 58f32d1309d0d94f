import type { Rule } from '../rule.ts';

const clipLayer = 'text_model.encoder.layers.0.layer_norm1.weight';
const clipNorm = 'transformer.resblocks.0.ln_1.weight';
const visionLayer = (layer: number): string => `vision_model.encoder.layers.${layer}.layer_norm1.weight`;
const t5Key = 'encoder.block.0.layer.0.SelfAttention.k.weight';
const t5Last = ['wi_1', 'wi'].map((part) => `encoder.block.23.layer.1.DenseReluDense.${part}.weight`);

const clips = [
  ['clip-l', 768],
  ['clip-h', 1024],
  ['clip-g', 1280],
] as const;

const alsoSees = [
  [{ when: [{ has: visionLayer(0) }], facts: {}, note: 'with its vision half: a whole CLIP model' }],
] as const;

function t5Sizes(name: string): NonNullable<Rule['refine']> {
  return [
    (
      [
        ['xxl', 4096],
        ['xl', 2048],
      ] as const
    ).flatMap(([size, width]) =>
      t5Last.map((tensor) => ({ when: [{ tensor, axis: 1, is: width }], facts: { variant: `${name}-${size}` } })),
    ),
  ];
}

/** Text encoders and vision encoders. One encoder serves several families: none is named. */
export const textRules: readonly Rule[] = [
  ...clips.flatMap(([variant, width]): readonly Rule[] => [
    {
      id: variant,
      when: [{ tensor: clipLayer, axis: 0, is: width }, { has: 'text_model.encoder.layers.0.self_attn.k_proj.weight' }],
      facts: { type: 'text-encoder', family: null, variant },
      refine: alsoSees,
    },
    {
      id: `${variant}-open-clip`,
      when: [{ tensor: clipNorm, axis: 0, is: width }, { has: ['token_embedding.weight', 'positional_embedding'] }],
      facts: { type: 'text-encoder', family: null, variant },
    },
  ]),
  {
    id: 'umt5',
    when: [{ has: t5Key }, { has: 'encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight' }],
    facts: { type: 'text-encoder', family: null, variant: 'umt5' },
    refine: t5Sizes('umt5'),
  },
  {
    id: 't5',
    when: [{ has: t5Key }],
    facts: { type: 'text-encoder', family: null, variant: 't5' },
    refine: t5Sizes('t5'),
  },
  {
    id: 'siglip',
    when: [{ tensor: visionLayer(0), axis: 0, is: 1152 }],
    facts: { type: 'clip-vision', family: null, variant: 'siglip' },
  },
  ...(
    [
      ['clip-bigg', 47],
      ['clip-h', 30],
      ['clip-l', 22],
    ] as const
  ).map(([variant, layer]): Rule => ({
    id: `vision-${variant}`,
    when: [{ has: visionLayer(layer) }, { lacks: clipLayer }],
    facts: { type: 'clip-vision', family: null, variant },
  })),
];
