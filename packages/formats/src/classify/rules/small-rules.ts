import type { Rule } from '../rule.ts';

const widths = [
  ['sd1', 768],
  ['sd2', 1024],
  ['sdxl', 1280],
] as const;
const few = { atMostTensors: 9 } as const;

/** A token has so many vectors at most. */
const rows = Array.from({ length: 128 }, (_, row) => row + 1);
const byWidth = {
  note: 'by its width alone, which text encoders of other families have as well',
  confidence: 0.7,
} as const;

/** Textual inversions: a few tables of token vectors and nothing else. */
export const embeddingRules: readonly Rule[] = [
  {
    id: 'embedding-sd3',
    when: [few, { tensor: 'clip_g', axis: 1, is: 1280 }, { tensor: ['t5xxl', 't5'], axis: 1, is: 4096 }],
    facts: { type: 'embedding', family: 'sd3' },
    note: 'for CLIP-L, CLIP-G and T5, which only Stable Diffusion 3 has together',
    confidence: 0.85,
  },
  {
    id: 'embedding-flux1',
    when: [few, { tensor: ['t5xxl', 't5'], axis: 1, is: 4096 }, { only: /^(?:clip_l|t[5#](?:xxl)?)$/ }],
    facts: { type: 'embedding', family: 'flux1' },
    note: 'for T5, which other families have as well',
    confidence: 0.7,
  },
  {
    id: 'embedding-sdxl',
    when: [few, { tensor: ['clip_g', 'text_encoders_1'], axis: 1, is: 1280 }],
    facts: { type: 'embedding', family: 'sdxl' },
  },
  ...widths.map(([family, width]): Rule => ({
    id: `embedding-${family}-table`,
    when: [few, { tensor: /^(emb_params|string_to_param\.[^.]+)$/, axis: 1, is: width }],
    facts: { type: 'embedding', family },
    note: 'trainers of later models write tables under the names of their text encoders',
    confidence: 0.85,
  })),
  ...widths.map(([family, width]): Rule => ({
    id: `embedding-${family}-token`,
    when: [few, { tensor: /^<[^<>]+>$/, axis: 1, is: width }],
    facts: { type: 'embedding', family },
    ...byWidth,
  })),
  ...widths.map(([family, width]): Rule => ({
    // As older scripts save a token of one vector.
    id: `embedding-${family}-vector`,
    when: [few, { tensor: /^<[^<>]+>$/, axis: 0, is: width }, { only: /^<[^<>]+>$/ }],
    facts: { type: 'embedding', family },
    ...byWidth,
  })),
  {
    id: 'embedding-clip-l',
    when: [few, { tensor: 'clip_l', axis: 1, is: 768 }, { only: /^clip_l$/ }],
    facts: { type: 'embedding', family: null },
    note: 'for CLIP-L, which SD 1 and SDXL share',
    confidence: 0.7,
  },
  ...widths.map(([family, width]): Rule => ({
    id: `embedding-${family}-word`,
    when: [
      { atMostTensors: 1 },
      { tensor: /^[^.]+$/, axis: 1, is: width },
      { tensor: /^[^.]+$/, axis: 0, is: rows },
      { only: /^[^.]+$/ },
    ],
    facts: { type: 'embedding', family },
    note: 'one small table and nothing else',
    confidence: 0.6,
  })),
];

/** Hypernetworks: pairs of networks for each width of attention, each under its width. */
export const hypernetworkRules: readonly Rule[] = [
  {
    id: 'hypernetwork',
    when: [
      { only: /^#\.#\.(?:linear\.#\.|linear[12]\.)(?:weight|bias|running_mean|running_var|num_batches_tracked)$/ },
      { has: [320, 640, 768, 1024, 1280].map((width) => `${width}.0.linear.0.weight`) },
    ],
    facts: { type: 'hypernetwork', family: null },
    refine: [
      [
        { when: [{ tensor: '1024.0.linear.0.weight', axis: 1, is: 1024 }], facts: { family: 'sd2' } },
        { when: [{ tensor: '768.0.linear.0.weight', axis: 1, is: 768 }], facts: { family: 'sd1' } },
      ],
    ],
    confidence: 0.8,
  },
];
