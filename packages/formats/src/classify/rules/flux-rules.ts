import type { Refinement, Rule } from '../rule.ts';
import { wholeOrShard } from './shard-note.ts';

const qkv = 'double_blocks.#.img_attn.qkv.weight';
const norm = ['double_blocks.#.img_attn.norm.key_norm.scale', 'double_blocks.#.img_attn.norm.key_norm.weight'];
const sharedModulation = ['double_stream_modulation_img.lin.weight', 'double_stream_modulation_img.linear.weight'];
const context = ['txt_in.weight', 'context_embedder.weight'];

function guidanceOf(name: string): readonly Refinement[] {
  const note = 'without guidance layers, as FLUX.1-schnell';
  return [
    { when: [{ has: name }], facts: { baseModel: 'Flux.1 D' }, note: 'guidance layers, as FLUX.1-dev' },
    { when: [{ lacks: name }], facts: { baseModel: 'Flux.1 S' }, note },
  ];
}

function inputOf(name: string): readonly Refinement[] {
  return [
    { when: [{ tensor: name, axis: 1, is: 384 }], facts: { variant: 'fill' } },
    { when: [{ tensor: name, axis: 1, is: 128 }], facts: { variant: 'control' } },
    { when: [{ tensor: name, axis: 1, is: 196 }], facts: { variant: 'image-conditioned' } },
  ];
}

const flux2Sizes: readonly Refinement[] = (
  [
    ['dev', 36_864, 15_360, 'Flux.2 D'],
    ['klein-9b', 24_576, 12_288, null],
    ['klein-4b', 18_432, 7680, null],
  ] as const
).flatMap(([variant, modulation, text, baseModel]) => [
  { when: [{ tensor: sharedModulation, axis: 0, is: modulation }], facts: { variant, baseModel } },
  { when: [{ tensor: context, axis: 1, is: text }], facts: { variant, baseModel } },
]);
const klein = 'whether klein is distilled or base is not in the tensors';

/** FLUX.1, FLUX.2, Chroma and others that grew out of them. */
export const fluxRules: readonly Rule[] = [
  {
    id: 'flux2',
    when: [{ has: sharedModulation }, { below: 'double_blocks.#.img_attn.qkv.' }],
    facts: { type: 'diffusion-model', family: 'flux2', layout: 'bfl' },
    refine: [flux2Sizes],
    note: klein,
  },
  {
    id: 'flux2-diffusers',
    when: [
      { has: sharedModulation },
      { below: ['transformer_blocks.#.attn.to_q.', 'single_transformer_blocks.#.attn.to_qkv_mlp_proj.'] },
    ],
    facts: { type: 'diffusion-model', family: 'flux2', layout: 'diffusers' },
    refine: [flux2Sizes],
    note: klein,
  },
  ...(
    [
      ['bfl', 'double_blocks.#.img_attn.'],
      ['diffusers', 'transformer_blocks.#.attn.add_k_proj.'],
    ] as const
  ).map(([layout, attention]): Rule => ({
    id: `chroma-${layout}`,
    when: [{ below: 'distilled_guidance_layer.' }, { below: attention }],
    facts: { type: 'diffusion-model', family: 'chroma', baseModel: 'Chroma', layout },
    refine: [[{ when: [{ below: ['nerf_blocks.', 'nerf_image_embedder.'] }], facts: { variant: 'radiance' } }]],
  })),
  {
    id: 'flux1',
    when: [
      { has: qkv },
      { has: norm },
      { has: 'vector_in.in_layer.weight' },
      { tensor: 'txt_in.weight', axis: 1, is: 4096 },
    ],
    facts: { type: 'diffusion-model', family: 'flux1', layout: 'bfl' },
    refine: [guidanceOf('guidance_in.in_layer.weight'), inputOf('img_in.weight')],
    note: 'Kontext and Krea have the tensors of FLUX.1-dev',
  },
  {
    id: 'flux1-bitsandbytes',
    when: [
      { matches: /^double_blocks\.#\.img_attn\.(?:proj|qkv)\.weight\.quant_state\.bitsandbytes__/ },
      { has: 'vector_in.in_layer.weight' },
    ],
    facts: { type: 'diffusion-model', family: 'flux1', layout: 'bfl' },
    refine: [guidanceOf('guidance_in.in_layer.weight')],
  },
  {
    // Four bits of each number, two to a byte: the sizes are in the product.
    id: 'flux1-diffusers-bitsandbytes',
    when: [
      { matches: /^single_transformer_blocks\.#\.proj_mlp\.weight\.quant_state\.bitsandbytes__/ },
      { has: 'time_text_embed.text_embedder.linear_1.weight' },
      { tensor: 'context_embedder.weight', axis: 0, is: (3072 * 4096) / 2 },
      { nothingBelow: ['controlnet_blocks.', 'controlnet_x_embedder.'] },
    ],
    facts: { type: 'diffusion-model', family: 'flux1', layout: 'diffusers' },
    refine: [guidanceOf('time_text_embed.guidance_embedder.linear_1.weight'), wholeOrShard],
    note: 'Kontext and Krea have the tensors of FLUX.1-dev',
  },
  {
    id: 'longcat-image',
    when: [{ has: qkv }, { tensor: 'txt_in.weight', axis: 1, is: 3584 }, { lacks: 'vector_in.in_layer.weight' }],
    facts: { type: 'diffusion-model', family: 'longcat-image', layout: 'bfl' },
  },
  {
    id: 'ovis-image',
    when: [{ has: qkv }, { has: 'double_blocks.#.img_mlp.down_proj.weight' }],
    facts: { type: 'diffusion-model', family: 'ovis-image', layout: 'bfl' },
  },
  {
    id: 'flux1-diffusers',
    when: [
      { has: 'single_transformer_blocks.#.proj_mlp.weight' },
      { has: 'time_text_embed.text_embedder.linear_1.weight' },
      { tensor: 'context_embedder.weight', axis: 1, is: 4096 },
      { nothingBelow: ['controlnet_blocks.', 'controlnet_x_embedder.'] },
    ],
    facts: { type: 'diffusion-model', family: 'flux1', layout: 'diffusers' },
    refine: [
      guidanceOf('time_text_embed.guidance_embedder.linear_1.weight'),
      inputOf('x_embedder.weight'),
      wholeOrShard,
    ],
    note: 'Kontext and Krea have the tensors of FLUX.1-dev',
  },
  {
    id: 'longcat-image-diffusers',
    when: [
      { has: 'single_transformer_blocks.#.proj_mlp.weight' },
      { tensor: 'context_embedder.weight', axis: 1, is: 3584 },
      { nothingBelow: 'time_text_embed.text_embedder.' },
    ],
    facts: { type: 'diffusion-model', family: 'longcat-image', layout: 'diffusers' },
  },
  {
    id: 'ovis-image-diffusers',
    when: [
      { has: 'single_transformer_blocks.#.proj_mlp.weight' },
      { has: 'context_embedder_norm.weight' },
      { has: 'timestep_embedder.linear_1.weight' },
    ],
    facts: { type: 'diffusion-model', family: 'ovis-image', layout: 'diffusers' },
  },
  {
    id: 'bria',
    when: [
      { has: 'single_transformer_blocks.#.proj_mlp.weight' },
      { below: 'time_embed.timestep_embedder.' },
      { tensor: 'context_embedder.weight', axis: 1, is: 4096 },
    ],
    facts: { type: 'diffusion-model', family: 'bria', layout: 'diffusers' },
    refine: [[{ when: [{ below: 'caption_projection.#.linear.' }], facts: { variant: 'fibo' } }]],
  },
  {
    id: 'flux1-nunchaku',
    when: [
      { has: 'single_transformer_blocks.#.norm.linear.qweight' },
      { matches: /mlp_context_fc1\.(wscales|wtscale)$/ },
    ],
    facts: { type: 'diffusion-model', family: 'flux1', layout: 'diffusers' },
    refine: [guidanceOf('time_text_embed.guidance_embedder.linear_1.weight'), inputOf('x_embedder.weight')],
  },
];
