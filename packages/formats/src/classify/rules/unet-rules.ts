import type { Refinement, Rule } from '../rule.ts';

const original = (block: string): string => `input_blocks.${block}.transformer_blocks.0.attn2.to_k.weight`;
const diffusers = (block: string): string => `down_blocks.${block}.transformer_blocks.0.attn2.to_k.weight`;
const decoder = { has: 'output_blocks.0.0.in_layers.2.weight' } as const;
const diffusersDecoder = { has: 'up_blocks.1.resnets.0.conv1.weight' } as const;

function inputOf(name: string): readonly Refinement[] {
  return [
    { when: [{ tensor: name, axis: 1, is: 9 }], facts: { variant: 'inpaint' } },
    { when: [{ tensor: name, axis: 1, is: 8 }], facts: { variant: 'image-conditioned' } },
    { when: [{ tensor: name, axis: 1, is: 5 }], facts: { variant: 'depth' } },
    { when: [{ tensor: name, axis: 1, is: 7 }], facts: { variant: 'x4-upscaler' } },
  ];
}

const originalInput = inputOf('input_blocks.0.0.weight');
const diffusersInput = inputOf('conv_in.weight');
const predictsVelocity: readonly Refinement[] = [
  { when: [{ has: 'v_pred' }], facts: { variant: 'v-prediction', baseModel: null } },
];
const distilled: readonly Refinement[] = [
  {
    when: [{ lacks: 'input_blocks.7.1.transformer_blocks.9.attn2.to_k.weight' }],
    facts: { variant: 'distilled', baseModel: 'SDXL Distilled' },
  },
];
const sdxl = { type: 'diffusion-model', family: 'sdxl', baseModel: 'SDXL 1.0' } as const;

/** The U-Nets of the Stable Diffusion line, in the original names and in those of diffusers. */
export const unetRules: readonly Rule[] = [
  {
    id: 'svd',
    when: [{ has: 'input_blocks.1.0.time_stack.emb_layers.1.bias' }, decoder],
    facts: { type: 'diffusion-model', family: 'svd' },
  },
  {
    id: 'sdxl',
    when: [
      { tensor: original('4.1'), axis: 1, is: 2048 },
      { tensor: 'label_emb.0.0.weight', axis: 1, is: 2816 },
      decoder,
    ],
    facts: sdxl,
    refine: [distilled, originalInput, predictsVelocity],
  },
  {
    id: 'sdxl-refiner',
    when: [
      { tensor: original('4.1'), axis: 1, is: 1280 },
      { tensor: 'label_emb.0.0.weight', axis: 1, is: 2560 },
      decoder,
    ],
    facts: { ...sdxl, variant: 'refiner' },
  },
  {
    id: 'sd1',
    when: [{ tensor: original('2.1'), axis: 1, is: 768 }, { lacks: 'label_emb.0.0.weight' }, decoder],
    facts: { type: 'diffusion-model', family: 'sd1' },
    refine: [originalInput],
  },
  {
    id: 'sd2',
    when: [{ tensor: original('2.1'), axis: 1, is: 1024 }, { lacks: 'label_emb.0.0.weight' }, decoder],
    facts: { type: 'diffusion-model', family: 'sd2' },
    refine: [originalInput],
    note: 'whether it predicts noise or velocity is not in the tensors',
  },
  {
    id: 'sdxl-diffusers',
    when: [
      { tensor: diffusers('1.attentions.0'), axis: 1, is: 2048 },
      { tensor: 'add_embedding.linear_1.weight', axis: 1, is: 2816 },
      diffusersDecoder,
    ],
    facts: sdxl,
    refine: [diffusersInput],
  },
  {
    id: 'sdxl-refiner-diffusers',
    when: [
      { tensor: diffusers('1.attentions.0'), axis: 1, is: 1280 },
      { tensor: 'add_embedding.linear_1.weight', axis: 1, is: 2560 },
      diffusersDecoder,
    ],
    facts: { ...sdxl, variant: 'refiner' },
  },
  {
    id: 'sd1-diffusers',
    when: [
      { tensor: diffusers('0.attentions.0'), axis: 1, is: 768 },
      { lacks: 'add_embedding.linear_1.weight' },
      diffusersDecoder,
    ],
    facts: { type: 'diffusion-model', family: 'sd1' },
    refine: [diffusersInput],
  },
  {
    id: 'sd2-diffusers',
    when: [
      { tensor: diffusers('0.attentions.0'), axis: 1, is: 1024 },
      { lacks: 'add_embedding.linear_1.weight' },
      diffusersDecoder,
    ],
    facts: { type: 'diffusion-model', family: 'sd2' },
    refine: [diffusersInput],
    note: 'whether it predicts noise or velocity is not in the tensors',
  },
];
