import type { Refinement, Rule } from '../rule.ts';
import { wholeOrShard } from './shard-note.ts';

const videoInput: readonly Refinement[] = [
  { when: [{ tensor: ['img_in.proj.weight', 'x_embedder.proj.weight'], axis: 1, is: 33 }], facts: { variant: 'i2v' } },
  {
    when: [{ tensor: ['img_in.proj.weight', 'x_embedder.proj.weight'], axis: 1, is: 32 }],
    facts: { variant: 'skyreels-i2v' },
  },
  { when: [{ below: ['clean_x_embedder.', 'image_projection.'] }], facts: { variant: 'framepack' } },
];
const ltxSizes: readonly Refinement[] = [
  { when: [{ tensor: 'transformer_blocks.0.attn1.to_q.weight', axis: 0, is: 2048 }], facts: { variant: '2b' } },
  { when: [{ tensor: 'transformer_blocks.0.attn1.to_q.weight', axis: 0, is: 4096 }], facts: { variant: '13b' } },
];
const cosmosSizes: readonly Refinement[] = [
  { when: [{ tensor: 'x_embedder.proj.1.weight', axis: 0, is: 2048 }], facts: { variant: '2b' } },
  { when: [{ tensor: 'x_embedder.proj.1.weight', axis: 0, is: 5120 }], facts: { variant: '14b' } },
  { when: [{ tensor: 'patch_embed.proj.weight', axis: 0, is: 2048 }], facts: { variant: '2b' } },
  { when: [{ tensor: 'patch_embed.proj.weight', axis: 0, is: 5120 }], facts: { variant: '14b' } },
];

function diffusion(
  id: string,
  family: string,
  layout: 'single-file' | 'diffusers',
  when: Rule['when'],
  more: Partial<Omit<Rule, 'facts'>> & { readonly facts?: Partial<Rule['facts']> } = {},
): Rule {
  return { ...more, id, when, facts: { type: 'diffusion-model', family, layout, ...more.facts } };
}

/** Models for video, beside Wan. */
export const videoRules: readonly Rule[] = [
  diffusion(
    'hunyuan-video-1.5',
    'hunyuan-video-1.5',
    'single-file',
    [{ below: 'txt_in.individual_token_refiner.' }, { below: 'vision_in.' }, { below: 'double_blocks.#.' }],
    { facts: { baseModel: null } },
  ),
  diffusion(
    'hunyuan-image',
    'hunyuan-image',
    'single-file',
    [
      { below: 'txt_in.individual_token_refiner.' },
      { below: 'double_blocks.#.' },
      { tensor: ['img_in.proj.weight'], rank: 4 },
    ],
    { refine: [[{ when: [{ below: 'time_r_in.' }], facts: { variant: 'distilled' } }]] },
  ),
  diffusion(
    'hunyuan-image-refiner',
    'hunyuan-image',
    'single-file',
    [{ below: 'txt_in.individual_token_refiner.' }, { tensor: 'img_in.proj.weight', axis: 0, is: 3328 }],
    { facts: { variant: 'refiner' } },
  ),
  diffusion(
    'hunyuan-video',
    'hunyuan-video',
    'single-file',
    [
      { tensor: 'txt_in.individual_token_refiner.blocks.#.norm1.weight', axis: 0, is: 3072 },
      { below: 'double_blocks.#.' },
    ],
    { facts: { baseModel: 'Hunyuan Video' }, refine: [videoInput] },
  ),
  diffusion('hunyuan-video-1.5-diffusers', 'hunyuan-video-1.5', 'diffusers', [
    { below: 'context_embedder.token_refiner.' },
    { below: ['cond_type_embed.', 'image_embedder.'] },
    { below: 'context_embedder_2.' },
  ]),
  diffusion('hunyuan-image-diffusers', 'hunyuan-image', 'diffusers', [
    { below: 'context_embedder.token_refiner.' },
    { tensor: 'x_embedder.proj.weight', rank: 4 },
  ]),
  diffusion(
    'hunyuan-image-refiner-diffusers',
    'hunyuan-image',
    'diffusers',
    [{ below: 'context_embedder.token_refiner.' }, { tensor: 'x_embedder.proj.weight', axis: 0, is: 3328 }],
    { facts: { variant: 'refiner' } },
  ),
  diffusion(
    'hunyuan-video-diffusers',
    'hunyuan-video',
    'diffusers',
    [
      { below: 'context_embedder.token_refiner.' },
      { tensor: 'single_transformer_blocks.#.proj_mlp.weight', axis: 1, is: 3072 },
    ],
    { facts: { baseModel: 'Hunyuan Video' }, refine: [videoInput] },
  ),
  diffusion(
    'ltx2',
    'ltx2',
    'single-file',
    [{ below: 'transformer_blocks.#.audio_to_video_attn.' }, { below: ['patchify_proj.', 'adaln_single.'] }],
    {
      facts: { baseModel: 'LTXV2' },
      refine: [
        [
          {
            when: [{ has: 'transformer_blocks.#.prompt_scale_shift_table' }],
            facts: { variant: '2.3', baseModel: 'LTXV 2.3' },
          },
        ],
      ],
    },
  ),
  diffusion(
    'ltx2-diffusers',
    'ltx2',
    'diffusers',
    [{ below: 'transformer_blocks.#.audio_to_video_attn.' }, { below: 'audio_time_embed.' }],
    { facts: { baseModel: 'LTXV2' } },
  ),
  diffusion(
    'ltxv',
    'ltxv',
    'single-file',
    [
      { has: 'adaln_single.emb.timestep_embedder.linear_1.bias' },
      { has: 'patchify_proj.weight' },
      { below: 'transformer_blocks.#.attn2.to_k.' },
      { nothingBelow: 'pos_embed.proj.' },
    ],
    { facts: { baseModel: 'LTXV' }, refine: [ltxSizes] },
  ),
  diffusion(
    'ltxv-diffusers',
    'ltxv',
    'diffusers',
    [
      { has: 'time_embed.emb.timestep_embedder.linear_1.bias' },
      { tensor: 'proj_in.weight', axis: 1, is: 128 },
      { below: 'transformer_blocks.#.attn2.to_k.' },
      { has: 'scale_shift_table' },
    ],
    { facts: { baseModel: 'LTXV' }, refine: [ltxSizes] },
  ),
  diffusion('mochi', 'mochi', 'single-file', [{ has: ['t5_yproj.weight'] }, { below: 'blocks.#.attn.k_norm_x.' }], {
    facts: { baseModel: 'Mochi' },
  }),
  diffusion(
    'mochi-diffusers',
    'mochi',
    'diffusers',
    [{ has: 'time_embed.pooler.to_kv.weight' }, { below: 'transformer_blocks.#.attn1.add_k_proj.' }],
    { facts: { baseModel: 'Mochi' } },
  ),
  diffusion('cosmos', 'cosmos', 'single-file', [{ matches: /^blocks\.block\d+\.blocks\.#\.block\.attn\.to_q\./ }]),
  diffusion('cosmos-diffusers', 'cosmos', 'diffusers', [
    { has: 'time_embed.t_embedder.linear_1.weight' },
    { below: 'transformer_blocks.#.norm2.linear_1.' },
    { below: 'learnable_pos_embed.' },
  ]),
  diffusion('anima', 'anima', 'single-file', [{ below: 'llm_adapter.' }, { below: 'blocks.#.mlp.layer1.' }], {
    facts: { baseModel: 'Anima' },
  }),
  diffusion(
    'cosmos-predict2',
    'cosmos-predict2',
    'single-file',
    [
      { below: 'blocks.#.mlp.layer1.' },
      { below: 'blocks.#.adaln_modulation_cross_attn.' },
      { nothingBelow: 'llm_adapter.' },
    ],
    { refine: [cosmosSizes] },
  ),
  diffusion(
    'cosmos-predict2-diffusers',
    'cosmos-predict2',
    'diffusers',
    [{ has: 'time_embed.t_embedder.linear_1.weight' }, { below: 'transformer_blocks.#.norm2.linear_1.' }],
    { refine: [cosmosSizes], confidence: 0.7, note: 'Anima has these tensors in the names of diffusers' },
  ),
  diffusion(
    'cogvideox-diffusers',
    'cogvideox',
    'diffusers',
    [
      { has: 'patch_embed.text_proj.weight' },
      { has: 'time_embedding.linear_1.weight' },
      { below: 'transformer_blocks.#.norm1.linear.' },
    ],
    {
      facts: { baseModel: 'CogVideoX' },
      refine: [
        [
          {
            when: [{ below: ['local_facial_extractor.', 'perceiver_cross_attention.'] }],
            facts: { variant: 'consisid', baseModel: null },
          },
        ],
        wholeOrShard,
      ],
    },
  ),
  diffusion(
    'cogvideox',
    'cogvideox',
    'single-file',
    [
      { below: 'transformer.layers.#.attention.query_key_value.' },
      { below: 'mixins.adaln_layer.adaLN_modulations.#.' },
    ],
    { facts: { baseModel: 'CogVideoX' } },
  ),
  diffusion('allegro', 'allegro', 'diffusers', [
    { has: 'adaln_single.emb.timestep_embedder.linear_1.weight' },
    { tensor: 'pos_embed.proj.weight', axis: 0, is: 2304 },
    { below: 'caption_projection.' },
  ]),
  diffusion(
    'kandinsky5',
    'kandinsky5',
    'single-file',
    [{ has: 'pooled_text_embeddings.in_layer.weight' }, { below: 'visual_transformer_blocks.#.' }],
    {
      refine: [
        (
          [
            ['video-lite', 1792],
            ['image-lite', 2560],
            ['video-pro', 4096],
          ] as const
        ).map(([variant, width]) => ({
          when: [{ tensor: 'text_embeddings.in_layer.weight', axis: 0, is: width }],
          facts: { variant },
        })),
      ],
    },
  ),
  diffusion('seedvr2', 'seedvr2', 'single-file', [
    { below: ['blocks.#.mlp.all.proj_in_gate.', 'blocks.#.mlp.vid.proj_out.'] },
    { below: ['blocks.#.attn.', 'vid_in.', 'txt_in.'] },
  ]),
  diffusion('minimax-h3', 'minimax-h3', 'single-file', [
    { has: 'video_patch_proj.weight' },
    { has: 'audio_patch_proj.weight' },
  ]),
];
