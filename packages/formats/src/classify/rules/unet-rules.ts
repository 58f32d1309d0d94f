import type { Condition, Refinement, Rule } from '../rule.ts';

/** Cross attention looks at the text: its width tells the text encoder and so the family. */
const original = 'attn2.to_k.weight';
const ldm = ['input_blocks', 'middle_block', 'output_blocks'].map(
  (part) => `${part}${part === 'middle_block' ? '.#' : '.#.#'}.transformer_blocks.#.${original}`,
);
const diffusers = [
  ...['down_blocks', 'up_blocks'].map((part) => `${part}.#.attentions.#.transformer_blocks.#.${original}`),
  `mid_block.attentions.#.transformer_blocks.#.${original}`,
];
const decoder: Condition = { has: 'output_blocks.#.#.in_layers.#.weight' };
const diffusersDecoder: Condition = { has: 'up_blocks.#.resnets.#.conv1.weight' };
const noVideo: Condition = { lacksMatch: /\.(?:time_stack|time_mixer|time_mix_blocks|temporal_\w+|temp_\w+)\./ };

function inputOf(name: string): readonly Refinement[] {
  return [
    { when: [{ tensor: name, axis: 1, is: 9 }], facts: { variant: 'inpaint' } },
    { when: [{ tensor: name, axis: 1, is: 8 }], facts: { variant: 'image-conditioned' } },
    { when: [{ tensor: name, axis: 1, is: 5 }], facts: { variant: 'depth' } },
    { when: [{ tensor: name, axis: 1, is: 7 }], facts: { variant: 'x4-upscaler' } },
  ];
}

/** Marks that trainers put beside the model's tensors, in the place of settings. */
const prediction: readonly Refinement[] = [
  {
    when: [{ has: ['v_pred', '/v_pred'] }, { has: ['ztsnr', '/ztsnr'] }],
    facts: { variant: 'v-prediction', baseModel: null },
    note: 'marked for velocity and zero terminal noise',
  },
  { when: [{ has: ['v_pred', '/v_pred'] }], facts: { variant: 'v-prediction', baseModel: null } },
  {
    when: [{ has: ['edm_mean', '/edm_mean', 'edm_vpred.sigma_max', '/edm_vpred.sigma_max'] }],
    facts: { variant: 'edm' },
  },
];

interface Unet {
  readonly family: string;
  readonly width: number;
  /** Width of size and pooled text, where it takes them. */
  readonly vector?: number;
  readonly facts?: Partial<Rule['facts']>;
  readonly refine?: Rule['refine'];
  readonly diffusersRefine?: Rule['refine'];
  readonly note?: string;
}

function unet(
  id: string,
  { family, width, vector, facts = {}, refine = [], diffusersRefine = [], note }: Unet,
): readonly Rule[] {
  const vectorOf = (name: string): Condition =>
    vector === undefined ? { lacks: name } : { tensor: name, axis: 1, is: vector };
  const base = { type: 'diffusion-model', family, ...facts } as const;
  const said = note === undefined ? {} : { note };
  return [
    {
      id,
      when: [{ tensor: ldm, axis: 1, is: width }, vectorOf('label_emb.0.0.weight'), decoder, noVideo],
      facts: { ...base, layout: 'ldm' },
      refine: [...refine, inputOf('input_blocks.0.0.weight'), prediction],
      ...said,
    },
    {
      id: `${id}-diffusers`,
      when: [
        { tensor: diffusers, axis: 1, is: width },
        vectorOf('add_embedding.linear_1.weight'),
        diffusersDecoder,
        noVideo,
        { nothingBelow: 'encoder_hid_proj.' },
      ],
      facts: { ...base, layout: 'diffusers' },
      refine: [...diffusersRefine, inputOf('conv_in.weight'), prediction],
      ...said,
    },
  ];
}

const shallow: Refinement['facts'] = { variant: 'distilled', baseModel: 'SDXL Distilled' };
/** Distilled U-Nets of SDXL have fewer transformer blocks, or none in the middle. */
const distilled: readonly Refinement[] = [
  { when: [{ highest: 'transformer_blocks', atMost: 8 }], facts: shallow },
  {
    when: [
      { has: ['out.2.weight', 'conv_out.weight'] },
      { nothingBelow: ['middle_block.#.transformer_blocks.', 'mid_block.attentions.'] },
    ],
    facts: shallow,
  },
];
const noise = 'whether it predicts noise or velocity is not in the tensors';

/** The U-Nets of the Stable Diffusion line, in the original names and in those of diffusers. */
export const unetRules: readonly Rule[] = [
  {
    id: 'svd',
    when: [{ has: 'input_blocks.#.#.time_stack.emb_layers.#.bias' }, decoder],
    facts: { type: 'diffusion-model', family: 'svd', layout: 'ldm' },
  },
  {
    id: 'svd-diffusers',
    when: [{ has: 'down_blocks.#.resnets.#.temporal_res_block.conv1.weight' }, { below: 'up_blocks.#.' }],
    facts: { type: 'diffusion-model', family: 'svd', layout: 'diffusers' },
  },
  {
    // Before what its first width is that of.
    id: 'sd2-upscaler-diffusers',
    when: [
      { tensor: diffusers, axis: 1, is: 1024 },
      { tensor: 'conv_in.weight', axis: 1, is: 7 },
      diffusersDecoder,
      noVideo,
    ],
    facts: { type: 'diffusion-model', family: 'sd2', variant: 'x4-upscaler', layout: 'diffusers' },
  },
  {
    // Its widths are those of no other model of images; what it looks at has those of SD 1 and SD 2.
    id: 'audioldm-diffusers',
    when: [{ tensor: diffusers, axis: 0, is: [128, 256, 384] }, diffusersDecoder],
    facts: { type: 'diffusion-model', family: 'audioldm', layout: 'diffusers' },
    confidence: 0.85,
  },
  ...unet('sdxl', {
    family: 'sdxl',
    width: 2048,
    vector: 2816,
    facts: { baseModel: 'SDXL 1.0' },
    refine: [distilled],
    diffusersRefine: [distilled],
    note: 'Pony, Illustrious, NoobAI, Turbo and Lightning have the tensors of SDXL',
  }),
  ...unet('sdxl-refiner', {
    family: 'sdxl',
    width: 1280,
    vector: 2560,
    facts: { baseModel: 'SDXL 1.0', variant: 'refiner' },
  }),
  ...unet('sd1', { family: 'sd1', width: 768 }),
  ...unet('sd2', { family: 'sd2', width: 1024, note: noise }),
  {
    id: 'sd2-unclip',
    when: [{ tensor: ldm, axis: 1, is: 1024 }, { tensor: 'label_emb.0.0.weight', axis: 1, is: [1536, 2048] }, decoder],
    facts: { type: 'diffusion-model', family: 'sd2', variant: 'unclip', layout: 'ldm' },
  },
  {
    id: 'sd2-upscaler',
    when: [{ tensor: ldm, axis: 1, is: 1024 }, { tensor: 'input_blocks.0.0.weight', axis: 1, is: 7 }, decoder],
    facts: { type: 'diffusion-model', family: 'sd2', variant: 'x4-upscaler', layout: 'ldm' },
  },
  {
    // Four bits of each number, two to a byte: the sizes are in the product.
    id: 'sdxl-diffusers-bitsandbytes',
    when: [
      { matches: /\.attn2\.to_k\.weight\.quant_state\.bitsandbytes__/ },
      { tensor: 'add_embedding.linear_1.weight', axis: 0, is: (1280 * 2816) / 2 },
      diffusersDecoder,
      noVideo,
    ],
    facts: { type: 'diffusion-model', family: 'sdxl', layout: 'diffusers' },
    refine: [inputOf('conv_in.weight'), prediction],
  },
  {
    id: 'kolors',
    when: [{ tensor: ldm, axis: 1, is: 2048 }, { tensor: 'label_emb.0.0.weight', axis: 1, is: 5632 }, decoder],
    facts: { type: 'diffusion-model', family: 'kolors', baseModel: 'Kolors', layout: 'ldm' },
  },
  {
    id: 'kolors-diffusers',
    when: [
      { tensor: diffusers, axis: 1, is: 2048 },
      { tensor: 'encoder_hid_proj.weight', axis: 1, is: 4096 },
      diffusersDecoder,
    ],
    facts: { type: 'diffusion-model', family: 'kolors', baseModel: 'Kolors', layout: 'diffusers' },
    refine: [inputOf('conv_in.weight')],
  },
];
