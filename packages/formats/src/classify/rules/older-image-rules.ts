import type { Rule } from '../rule.ts';
import { wholeOrShard } from './shard-note.ts';

const pixart = { type: 'diffusion-model', family: 'pixart' } as const;
const alpha = { variant: 'alpha', baseModel: 'PixArt a' } as const;
const alike = 'PixArt-alpha at 256 and 512 and PixArt-sigma have the same tensors';

/** Image models that are less common today, and models for audio and for shapes. */
export const olderImageRules: readonly Rule[] = [
  {
    id: 'pixart',
    when: [{ has: 't_block.1.weight' }, { below: 'blocks.#.cross_attn.kv_linear.' }],
    facts: { ...pixart, layout: 'single-file' },
    refine: [
      [
        { when: [{ below: ['ar_embedder.', 'csize_embedder.'] }], facts: alpha },
        { when: [{ tensor: 'y_embedder.y_embedding', axis: 0, is: 120 }], facts: alpha },
        {
          when: [{ tensor: 'y_embedder.y_embedding', axis: 0, is: 300 }],
          facts: { variant: 'sigma', baseModel: 'PixArt E' },
          note: 'takes texts of 300 tokens, alpha 120',
        },
        { when: [], facts: {}, note: alike },
      ],
    ],
  },
  {
    id: 'pixart-diffusers',
    when: [
      { has: 'adaln_single.emb.timestep_embedder.linear_1.bias' },
      { tensor: 'pos_embed.proj.weight', axis: 0, is: 1152 },
      { below: 'transformer_blocks.#.attn2.' },
      { nothingBelow: 'temporal_transformer_blocks.' },
    ],
    facts: { ...pixart, layout: 'diffusers' },
    refine: [
      [
        { when: [{ below: 'adaln_single.emb.resolution_embedder.' }], facts: alpha },
        { when: [], facts: {}, note: alike },
      ],
    ],
  },
  {
    id: 'auraflow',
    when: [{ below: 'double_layers.#.attn.w1q.' }, { has: 'cond_seq_linear.weight' }],
    facts: { type: 'diffusion-model', family: 'auraflow', baseModel: 'AuraFlow', layout: 'single-file' },
    note: 'Pony V7 has the tensors of AuraFlow',
  },
  {
    id: 'auraflow-diffusers',
    when: [{ below: 'joint_transformer_blocks.#.attn.add_k_proj.' }, { has: 'register_tokens' }],
    facts: { type: 'diffusion-model', family: 'auraflow', baseModel: 'AuraFlow', layout: 'diffusers' },
    note: 'Pony V7 has the tensors of AuraFlow',
  },
  {
    id: 'hunyuan-dit',
    when: [
      { has: 'mlp_t5.0.weight' },
      { below: 'blocks.#.attn1.Wqkv.' },
      { has: 'extra_embedder.0.weight' },
      { nothingBelow: 'after_proj_list.' },
    ],
    facts: { type: 'diffusion-model', family: 'hunyuan-dit', baseModel: 'Hunyuan 1', layout: 'single-file' },
    refine: [
      [
        { when: [{ tensor: 'extra_embedder.0.weight', axis: 1, is: 3968 }], facts: { variant: '1.1' } },
        { when: [{ tensor: 'extra_embedder.0.weight', axis: 1, is: 1024 }], facts: { variant: '1.2' } },
      ],
    ],
  },
  {
    id: 'hunyuan-dit-diffusers',
    when: [
      { below: 'time_extra_emb.pooler.' },
      { has: 'text_embedding_padding' },
      { nothingBelow: 'controlnet_blocks.' },
    ],
    facts: { type: 'diffusion-model', family: 'hunyuan-dit', baseModel: 'Hunyuan 1', layout: 'diffusers' },
    refine: [wholeOrShard],
  },
  {
    id: 'sana',
    when: [{ has: 'attention_y_norm.weight' }, { below: 'blocks.#.attn.' }],
    facts: { type: 'diffusion-model', family: 'sana', layout: 'single-file' },
  },
  {
    id: 'sana-diffusers',
    when: [
      { has: 'caption_norm.weight' },
      { has: 'patch_embed.proj.weight' },
      { below: 'transformer_blocks.#.ff.conv_inverted.' },
      { nothingBelow: 'controlnet_blocks.' },
    ],
    facts: { type: 'diffusion-model', family: 'sana', layout: 'diffusers' },
    refine: [[{ when: [{ highest: 'transformer_blocks', atLeast: 50 }], facts: { variant: '4.8b' } }], wholeOrShard],
  },
  {
    id: 'sana-video-diffusers',
    when: [
      { has: 'caption_norm.weight' },
      { has: 'patch_embedding.weight' },
      { below: 'transformer_blocks.#.ff.conv_inverted.' },
    ],
    facts: { type: 'diffusion-model', family: 'sana-video', layout: 'diffusers' },
  },
  ...(
    [
      ['cogview3', 2560],
      ['cogview4', 4096],
    ] as const
  ).map(([family, width]): Rule => ({
    id: family,
    when: [
      { has: 'patch_embed.text_proj.weight' },
      { below: 'time_condition_embed.' },
      { tensor: 'patch_embed.proj.weight', axis: 0, is: width },
    ],
    facts: { type: 'diffusion-model', family, layout: 'diffusers' },
  })),
  ...(['c', 'b'] as const).map((stage): Rule => ({
    id: `stable-cascade-${stage}`,
    when: [
      { has: 'clf.1.weight' },
      { has: stage === 'c' ? ['clip_txt_mapper.weight'] : ['clip_mapper.weight', 'effnet_mapper.0.weight'] },
      { below: 'down_blocks.' },
    ],
    facts: {
      type: 'diffusion-model',
      family: 'stable-cascade',
      baseModel: 'Stable Cascade',
      variant: `stage-${stage}`,
      layout: 'single-file',
    },
    refine: [
      [
        {
          when: [{ tensor: 'clip_txt_mapper.weight', axis: 0, is: 1536 }],
          facts: { variant: 'stage-c-lite' },
        },
        {
          when: [{ tensor: 'down_blocks.1.0.channelwise.0.weight', axis: 1, is: 576 }],
          facts: { variant: 'stage-b-lite' },
        },
      ],
    ],
  })),
  {
    id: 'kandinsky3',
    when: [{ below: 'add_time_condition.' }, { below: 'encoder_hid_proj.projection_linear.' }],
    facts: { type: 'diffusion-model', family: 'kandinsky3', layout: 'diffusers' },
  },
  {
    id: 'lumina',
    when: [{ below: 'layers.#.gate' }, { below: 'time_caption_embed.' }, { below: 'layers.#.attn2.to_k.' }],
    facts: { type: 'diffusion-model', family: 'lumina', layout: 'diffusers' },
  },
  {
    id: 'stable-audio',
    when: [{ has: 'transformer.rotary_pos_emb.inv_freq' }, { below: ['transformer.layers.#.self_attn.'] }],
    facts: { type: 'diffusion-model', family: 'stable-audio', layout: 'single-file' },
  },
  {
    id: 'stable-audio-diffusers',
    when: [{ has: 'time_proj.weight' }, { below: 'global_proj.' }, { below: 'cross_attention_proj.' }],
    facts: { type: 'diffusion-model', family: 'stable-audio', layout: 'diffusers' },
  },
  {
    id: 'ace-step',
    when: [{ has: 'genre_embedder.weight' }, { below: 'lyric_encoder.' }],
    facts: { type: 'diffusion-model', family: 'ace-step', baseModel: 'ACE Audio', layout: 'single-file' },
  },
  {
    id: 'ace-step-1.5',
    when: [{ below: 'encoder.lyric_encoder.' }, { below: ['decoder.layers.#.', 'tokenizer.', 'detokenizer.'] }],
    facts: {
      type: 'diffusion-model',
      family: 'ace-step',
      variant: '1.5',
      baseModel: 'ACE Audio',
      layout: 'single-file',
    },
  },
  {
    id: 'ace-step-1.5-diffusers',
    when: [
      { below: 'time_embed_r.' },
      { has: 'layers.#.self_attn.to_q.weight' },
      { has: 'condition_embedder.weight' },
      { has: 'scale_shift_table' },
    ],
    facts: {
      type: 'diffusion-model',
      family: 'ace-step',
      variant: '1.5',
      baseModel: 'ACE Audio',
      layout: 'diffusers',
    },
  },
  {
    id: 'hunyuan3d',
    when: [{ has: 'latent_in.weight' }, { has: 'cond_in.weight' }, { below: 'double_blocks.#.' }],
    facts: { type: 'diffusion-model', family: 'hunyuan3d', baseModel: 'Hunyuan3D', layout: 'single-file' },
  },
  {
    id: 'hunyuan3d-2.1',
    when: [{ has: 't_embedder.mlp.2.weight' }, { below: 'blocks.#.moe.' }, { tensor: 'x_embedder.weight', rank: 2 }],
    facts: {
      type: 'diffusion-model',
      family: 'hunyuan3d',
      variant: '2.1',
      baseModel: 'Hunyuan3D',
      layout: 'single-file',
    },
  },
];
