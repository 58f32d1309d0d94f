import type { Rule } from '../rule.ts';

const widths = [
  ['sd1', 768],
  ['sd2', 1024],
  ['sdxl', 1280],
] as const;
const few = { atMostTensors: 9 } as const;

/** Textual inversions: a few tables of token vectors and nothing else. */
export const embeddingRules: readonly Rule[] = [
  {
    id: 'embedding-sdxl',
    when: [few, { tensor: 'clip_g', axis: 1, is: 1280 }],
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
    note: 'by its width alone, which text encoders of other families have as well',
    confidence: 0.7,
  })),
  {
    id: 'embedding-clip-l',
    when: [few, { tensor: 'clip_l', axis: 1, is: 768 }, { only: /^clip_l$/ }],
    facts: { type: 'embedding', family: null },
    note: 'for CLIP-L, which SD 1 and SDXL share',
    confidence: 0.7,
  },
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
