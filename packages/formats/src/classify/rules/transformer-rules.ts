import type { Refinement, Rule } from '../rule.ts';

const patch = 'patch_embedding.weight';

/** Wan's sizes and tasks; the first that holds. `inner` is the width, `inputs` the channels that go in. */
function wanTasks(): readonly Refinement[] {
  const size = (inner: number, inputs: number): Refinement['when'] => [
    { tensor: patch, axis: 0, is: inner },
    { tensor: patch, axis: 1, is: inputs },
  ];
  return [
    { when: [{ matches: /^vace_(patch_embedding|blocks)\b/ }], facts: { variant: 'vace' } },
    { when: [{ matches: /^casual_audio_encoder\./ }], facts: { variant: 's2v' } },
    { when: [{ matches: /^face_adapter\./ }], facts: { variant: 'animate' } },
    { when: [{ matches: /^audio_proj\./ }], facts: { variant: 'humo' } },
    { when: [{ matches: /^control_adapter\./ }], facts: { variant: 'camera' } },
    { when: [{ has: 'img_emb.emb_pos' }], facts: { variant: 'flf2v' } },
    { when: [{ matches: /^img_emb\./ }], facts: { variant: '2.1-i2v' } },
    { when: size(1536, 16), facts: { variant: '2.1-t2v-1.3b', baseModel: 'Wan Video 1.3B t2v' } },
    { when: size(3072, 48), facts: { variant: '2.2-ti2v-5b', baseModel: 'Wan Video 2.2 TI2V-5B' } },
    { when: size(5120, 36), facts: { variant: '2.2-i2v-a14b', baseModel: 'Wan Video 2.2 I2V-A14B' } },
    {
      when: size(5120, 16),
      facts: { variant: 't2v-14b' },
      note: 'Wan 2.1 14B and the experts of Wan 2.2 A14B have the same tensors',
    },
  ];
}

/** Diffusion transformers outside the FLUX line. */
export const transformerRules: readonly Rule[] = [
  {
    id: 'sd3',
    when: [{ has: 'joint_blocks.0.context_block.attn.qkv.weight' }, { has: 'x_embedder.proj.weight' }],
    facts: { type: 'diffusion-model', family: 'sd3' },
    refine: [
      [
        {
          when: [{ has: 'joint_blocks.0.x_block.attn2.qkv.weight' }],
          facts: { variant: '3.5-medium', baseModel: 'SD 3.5 Medium' },
        },
        {
          when: [{ tensor: 'joint_blocks.0.context_block.attn.proj.bias', axis: 0, is: 2432 }],
          facts: { variant: '3.5-large' },
          note: 'SD 3.5 Large and Large Turbo have the same tensors',
        },
        {
          when: [{ tensor: 'joint_blocks.0.context_block.attn.proj.bias', axis: 0, is: 1536 }],
          facts: { variant: 'medium', baseModel: 'SD 3' },
        },
      ],
    ],
  },
  {
    id: 'sd3-diffusers',
    when: [
      { has: 'transformer_blocks.0.attn.add_k_proj.weight' },
      { has: 'transformer_blocks.0.norm1_context.linear.weight' },
      { has: 'pos_embed.proj.weight' },
      { lacksMatch: /^(single_transformer_blocks|controlnet_blocks)\./ },
    ],
    facts: { type: 'diffusion-model', family: 'sd3' },
    refine: [
      [
        {
          when: [{ has: 'transformer_blocks.0.attn2.to_q.weight' }],
          facts: { variant: '3.5-medium', baseModel: 'SD 3.5 Medium' },
        },
      ],
    ],
  },
  {
    id: 'qwen-image',
    when: [
      { tensor: 'txt_norm.weight', axis: 0, is: 3584 },
      { has: 'img_in.weight' },
      { has: 'transformer_blocks.0.attn.add_k_proj.weight' },
      { has: 'transformer_blocks.0.img_mlp.net.0.proj.weight' },
    ],
    facts: { type: 'diffusion-model', family: 'qwen-image', baseModel: 'Qwen' },
    refine: [[{ when: [{ has: '__index_timestep_zero__' }], facts: { variant: 'edit-2511' } }]],
    note: 'the editing and the generating models have the same tensors',
  },
  {
    id: 'z-image',
    when: [
      { has: 'cap_embedder.1.weight' },
      { has: ['context_refiner.0.attention.k_norm.weight', 'context_refiner.0.attention.norm_k.weight'] },
      { has: 'layers.0.adaLN_modulation.0.bias' },
    ],
    facts: { type: 'diffusion-model', family: 'z-image' },
    note: 'Turbo and Base have the same tensors',
  },
  {
    id: 'lumina2',
    when: [{ tensor: 'cap_embedder.1.weight', axis: 0, is: 2304 }, { has: 'context_refiner.0.attention.qkv.weight' }],
    facts: { type: 'diffusion-model', family: 'lumina2', baseModel: 'Lumina' },
  },
  {
    id: 'wan',
    when: [
      { has: 'head.modulation' },
      { has: 'text_embedding.0.weight' },
      { has: 'blocks.0.self_attn.q.weight' },
      { has: patch },
    ],
    facts: { type: 'diffusion-model', family: 'wan' },
    refine: [wanTasks()],
  },
  {
    id: 'wan-diffusers',
    when: [
      { has: 'condition_embedder.text_embedder.linear_1.weight' },
      { has: 'blocks.0.attn1.to_q.weight' },
      { tensor: patch, rank: 5 },
    ],
    facts: { type: 'diffusion-model', family: 'wan' },
    refine: [wanTasks()],
  },
  {
    id: 'anima',
    when: [{ matches: /^llm_adapter\./ }, { has: 'blocks.0.mlp.layer1.weight' }],
    facts: { type: 'diffusion-model', family: 'anima', baseModel: 'Anima' },
  },
  {
    id: 'cosmos-predict2',
    when: [{ has: 'blocks.0.mlp.layer1.weight' }, { matches: /^blocks\.0\.adaln_modulation_cross_attn\./ }],
    facts: { type: 'diffusion-model', family: 'cosmos-predict2' },
  },
  {
    id: 'hunyuan-video',
    when: [{ has: 'txt_in.individual_token_refiner.blocks.0.norm1.weight' }, { matches: /^double_blocks\.0\./ }],
    facts: { type: 'diffusion-model', family: 'hunyuan-video' },
  },
];
