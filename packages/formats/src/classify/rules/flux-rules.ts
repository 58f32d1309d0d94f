import type { Refinement, Rule } from '../rule.ts';

const qkv = 'double_blocks.0.img_attn.qkv.weight';
const sharedModulation = ['double_stream_modulation_img.lin.weight', 'double_stream_modulation_img.linear.weight'];

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
  ];
}

const flux2Sizes: readonly Refinement[] = (
  [
    ['dev', 36_864, 15_360, 'Flux.2 D'],
    ['klein-9b', 24_576, 12_288, null],
    ['klein-4b', 18_432, 7680, null],
  ] as const
).flatMap(([variant, modulation, text, baseModel]) => [
  ...sharedModulation.map((tensor) => ({ when: [{ tensor, axis: 0, is: modulation }], facts: { variant, baseModel } })),
  ...['txt_in.weight', 'context_embedder.weight'].map((tensor) => ({
    when: [{ tensor, axis: 1, is: text }],
    facts: { variant, baseModel },
  })),
]);

/** FLUX.1, FLUX.2 and Chroma, which grew out of each other. */
export const fluxRules: readonly Rule[] = [
  {
    id: 'flux2',
    when: [{ has: sharedModulation }, { has: [qkv, 'transformer_blocks.0.attn.to_q.weight'] }],
    facts: { type: 'diffusion-model', family: 'flux2' },
    refine: [flux2Sizes],
  },
  {
    id: 'chroma',
    when: [{ matches: /^distilled_guidance_layer\./ }, { has: [qkv, 'transformer_blocks.0.attn.add_k_proj.weight'] }],
    facts: { type: 'diffusion-model', family: 'chroma', baseModel: 'Chroma' },
    refine: [[{ when: [{ matches: /^nerf_(blocks|image_embedder)\./ }], facts: { variant: 'radiance' } }]],
  },
  {
    id: 'flux1',
    when: [
      { has: qkv },
      { has: ['double_blocks.0.img_attn.norm.key_norm.scale', 'double_blocks.0.img_attn.norm.key_norm.weight'] },
      { has: 'vector_in.in_layer.weight' },
      { tensor: 'txt_in.weight', axis: 1, is: 4096 },
    ],
    facts: { type: 'diffusion-model', family: 'flux1' },
    refine: [guidanceOf('guidance_in.in_layer.weight'), inputOf('img_in.weight')],
  },
  {
    id: 'flux1-bitsandbytes',
    when: [
      { matches: /^double_blocks\.0\.img_attn\.proj\.weight\.quant_state\.bitsandbytes__/ },
      { has: 'vector_in.in_layer.weight' },
    ],
    facts: { type: 'diffusion-model', family: 'flux1' },
    refine: [guidanceOf('guidance_in.in_layer.weight')],
  },
  {
    id: 'flux1-diffusers',
    when: [
      { has: 'single_transformer_blocks.0.proj_mlp.weight' },
      { has: 'time_text_embed.text_embedder.linear_1.weight' },
      { tensor: 'context_embedder.weight', axis: 1, is: 4096 },
    ],
    facts: { type: 'diffusion-model', family: 'flux1' },
    refine: [guidanceOf('time_text_embed.guidance_embedder.linear_1.weight'), inputOf('x_embedder.weight')],
  },
  {
    id: 'flux1-nunchaku',
    when: [
      { matches: /^single_transformer_blocks\.0\.norm\.linear\.qweight$/ },
      { matches: /mlp_context_fc1\.(wscales|wtscale)$/ },
    ],
    facts: { type: 'diffusion-model', family: 'flux1' },
  },
];
