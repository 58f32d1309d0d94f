import type { Refinement, Rule } from '../rule.ts';

const clipLayer = 'text_model.encoder.layers.#.layer_norm1.weight';
const bareNorm = 'encoder.layers.#.layer_norm1.weight';
const clipNorm = 'transformer.resblocks.#.ln_1.weight';
const visionNorm = 'vision_model.encoder.layers.#.layer_norm1.weight';
const t5Key = 'encoder.block.#.layer.#.SelfAttention.k.';
const t5Inner = /^encoder\.block\.#\.layer\.#\.DenseReluDense\.(?:wi|wi_#)\.weight$/;
const t5Bias = (block: string, layer: string): string =>
  `encoder.block.${block}.layer.${layer}.SelfAttention.relative_attention_bias.weight`;
const t5Norm = 'encoder.block.0.layer.0.layer_norm.weight';

const clips = [
  ['clip-l', 768],
  ['clip-h', 1024],
  ['clip-g', 1280],
] as const;

const alsoSees: readonly (readonly Refinement[])[] = [
  [
    {
      when: [{ below: 'vision_model.encoder.layers.#.' }],
      facts: {},
      note: 'with its vision half: a whole CLIP model',
    },
  ],
];

function t5Sizes(name: string): NonNullable<Rule['refine']> {
  return [
    (
      [
        ['xxl', 4096],
        ['xl', 2048],
        ['large', 1024],
        ['base', 768],
        ['small', 512],
      ] as const
    ).flatMap(([size, width]): readonly Refinement[] => [
      { when: [{ tensor: t5Norm, axis: 0, is: width }], facts: { variant: `${name}-${size}` } },
      { when: [{ tensor: t5Inner, axis: 1, is: width }], facts: { variant: `${name}-${size}` } },
    ]),
  ];
}

/** Text encoders. One encoder serves several families: none is named. */
export const textRules: readonly Rule[] = [
  {
    id: 'siglip-whole',
    when: [{ tensor: visionNorm, axis: 0, is: [1152, 768] }, { has: ['logit_bias', 'vision_model.head.probe'] }],
    facts: { type: 'clip-vision', family: null, variant: 'siglip', layout: 'transformers' },
  },
  ...clips.flatMap(([variant, width]): readonly Rule[] => [
    {
      id: variant,
      when: [{ tensor: clipLayer, axis: 0, is: width }, { below: 'text_model.encoder.layers.#.self_attn.k_proj.' }],
      facts: { type: 'text-encoder', family: null, variant, layout: 'transformers' },
      refine: alsoSees,
    },
    {
      // As transformers 5 calls its half of CLIP where it is a model by itself.
      id: `${variant}-bare`,
      when: [{ tensor: bareNorm, axis: 0, is: width }, { has: 'embeddings.token_embedding.weight' }],
      facts: { type: 'text-encoder', family: null, variant, layout: 'transformers' },
    },
    {
      id: `${variant}-open-clip`,
      when: [
        { tensor: clipNorm, axis: 0, is: width },
        { has: ['token_embedding.weight', 'positional_embedding', 'text_projection'] },
        { nothingBelow: ['visual.transformer.resblocks.'] },
      ],
      facts: { type: 'text-encoder', family: null, variant, layout: 'open-clip' },
    },
    {
      id: `${variant}-open-clip-whole`,
      when: [{ tensor: clipNorm, axis: 0, is: width }, { below: 'visual.' }, { has: 'token_embedding.weight' }],
      facts: { type: 'text-encoder', family: null, variant, layout: 'open-clip' },
      note: 'with its vision half: a whole CLIP model',
    },
  ]),
  {
    id: 'byt5',
    when: [{ below: t5Key }, { tensor: 'encoder.block.0.layer.0.SelfAttention.k.weight', axis: 0, is: 384 }],
    facts: { type: 'text-encoder', family: null, variant: 'byt5-small', layout: 'transformers' },
  },
  {
    id: 'umt5',
    when: [{ below: t5Key }, { has: t5Bias('1', '0') }],
    facts: { type: 'text-encoder', family: null, variant: 'umt5', layout: 'transformers' },
    refine: t5Sizes('umt5'),
  },
  {
    id: 'umt5-wan',
    when: [{ below: 'blocks.#.attn.k.' }, { below: 'blocks.#.ffn.gate.0.' }, { has: 'token_embedding.weight' }],
    facts: { type: 'text-encoder', family: null, variant: 'umt5', layout: 'single-file' },
    refine: [[{ when: [{ tensor: 'token_embedding.weight', axis: 1, is: 4096 }], facts: { variant: 'umt5-xxl' } }]],
  },
  {
    id: 'umt5-shard',
    when: [{ below: t5Key }, { has: t5Bias('#', '#') }, { lacks: t5Bias('0', '0') }],
    facts: { type: 'text-encoder', family: null, variant: 'umt5', layout: 'transformers' },
    refine: t5Sizes('umt5'),
    note: 'a later block has a bias, as in umT5 alone',
  },
  {
    id: 't5',
    when: [{ below: t5Key }, { has: t5Bias('0', '0') }],
    facts: { type: 'text-encoder', family: null, variant: 't5', layout: 'transformers' },
    refine: t5Sizes('t5'),
  },
  {
    id: 't5-shard',
    when: [{ below: t5Key }],
    facts: { type: 'text-encoder', family: null, layout: 'transformers' },
    note: 'a part of T5 or of umT5',
    confidence: 0.7,
  },
  {
    id: 't5-gguf',
    when: [{ below: 'enc.blk.#.attn_q.' }, { below: 'enc.blk.#.ffn_' }],
    facts: { type: 'text-encoder', family: null, variant: 't5' },
    refine: [[{ when: [{ has: 'enc.blk.1.attn_rel_b.weight' }], facts: { variant: 'umt5' } }]],
  },
  {
    id: 'bert',
    when: [
      {
        below: [
          'bert.encoder.layer.#.attention.self.',
          'roberta.encoder.layer.#.attention.self.',
          'encoder.layer.#.attention.self.',
        ],
      },
      { matches: /embeddings\.word_embeddings\.weight$/ },
    ],
    facts: { type: 'text-encoder', family: null, variant: 'bert', layout: 'transformers' },
  },
  {
    id: 'chatglm3',
    when: [
      { below: 'encoder.layers.#.self_attention.query_key_value.' },
      { below: 'embedding.word_embeddings.' },
      { lacks: 'output_layer.weight' },
    ],
    facts: { type: 'text-encoder', family: null, variant: 'chatglm3', layout: 'transformers' },
    note: 'without an output layer, as Kolors uses it',
    confidence: 0.85,
  },
];

/** Encoders of images and of sound. */
export const visionRules: readonly Rule[] = [
  {
    id: 'siglip',
    when: [{ tensor: visionNorm, axis: 0, is: 1152 }],
    facts: { type: 'clip-vision', family: null, variant: 'siglip', layout: 'transformers' },
  },
  {
    id: 'siglip-bare',
    when: [{ tensor: bareNorm, axis: 0, is: 1152 }, { has: 'embeddings.patch_embedding.weight' }],
    facts: { type: 'clip-vision', family: null, variant: 'siglip', layout: 'transformers' },
  },
  ...(
    [
      ['clip-bigg', 1664],
      ['clip-h', 1280],
      ['clip-l', 1024],
      ['clip-b', 768],
    ] as const
  ).flatMap(([variant, width]): readonly Rule[] => [
    {
      id: `vision-${variant}`,
      when: [{ tensor: visionNorm, axis: 0, is: width }, { lacks: clipLayer }],
      facts: { type: 'clip-vision', family: null, variant, layout: 'transformers' },
    },
    {
      id: `vision-${variant}-bare`,
      when: [
        { tensor: bareNorm, axis: 0, is: width },
        { has: 'embeddings.patch_embedding.weight' },
        { has: 'embeddings.class_embedding' },
      ],
      facts: { type: 'clip-vision', family: null, variant, layout: 'transformers' },
    },
    {
      id: `vision-${variant}-open-clip`,
      when: [
        { tensor: ['visual.transformer.resblocks.#.ln_1.weight', clipNorm], axis: 0, is: width },
        { has: ['visual.conv1.weight', 'conv1.weight'] },
        { lacks: ['token_embedding.weight', '/token_embedding.weight', '/positional_embedding'] },
      ],
      facts: { type: 'clip-vision', family: null, variant, layout: 'open-clip' },
    },
  ]),
  {
    id: 'vision-clip-h-layers',
    when: [{ highest: 'layers', atLeast: 30 }, { has: visionNorm }, { lacks: clipLayer }],
    facts: { type: 'clip-vision', family: null, variant: 'clip-h', layout: 'transformers' },
    confidence: 0.8,
  },
  {
    id: 'dinov2',
    when: [
      { has: ['embeddings.cls_token', 'cls_token'] },
      { matches: /^(?:encoder\.)?(?:layer|blocks)\.#\.(?:layer_scale1\.lambda1|ls1\.gamma)$/ },
    ],
    facts: { type: 'clip-vision', family: null, variant: 'dinov2' },
  },
  {
    id: 'wav2vec2',
    when: [
      { matches: /feature_extractor\.conv_layers\.#\.conv\.weight$/ },
      { matches: /encoder\.layers\.#\.attention\.[kq]_proj\.weight$/ },
    ],
    facts: { type: 'audio-encoder', family: null, variant: 'wav2vec2', layout: 'transformers' },
  },
  {
    id: 'whisper',
    when: [
      { matches: /^(?:model\.)?encoder\.conv1\.weight$/ },
      { matches: /^(?:model\.)?encoder\.layers\.#\.self_attn\.[kq]_proj\.weight$/ },
      { has: ['model.encoder.embed_positions.weight', 'encoder.embed_positions.weight'] },
    ],
    facts: { type: 'audio-encoder', family: null, variant: 'whisper', layout: 'transformers' },
  },
];
