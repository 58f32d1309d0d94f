import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';
import { timeLayers, twoLayers } from './ends.ts';

const wanSizes = [
  { variant: null, width: 5120, feedForward: 13_824, blocks: 40 },
  { variant: '2.1-1.3b', width: 1536, feedForward: 8960, blocks: 30 },
  { variant: '2.2-ti2v-5b', width: 3072, feedForward: 14_336, blocks: 30 },
] as const;

const wan = wanSizes.flatMap(({ variant, width, feedForward, blocks }): readonly Architecture[] => [
  {
    family: 'wan',
    variant,
    names: 'native',
    blocks: { blocks, vace_blocks: blocks },
    modules: moduleTable({
      '{blocks,vace_blocks}_#_{self_attn,cross_attn}_{q,k,v,o}': [width, width],
      '{blocks,vace_blocks}_#_cross_attn_{k_img,v_img}': [width, width],
      '{blocks,vace_blocks}_#_ffn_#': [
        [feedForward, width],
        [width, feedForward],
      ],
      'vace_blocks_#_{before_proj,after_proj}': [width, width],
      'text_embedding_#': [
        [width, 4096],
        [width, width],
      ],
      'time_embedding_#': [
        [width, 256],
        [width, width],
      ],
      'time_projection_#': [6 * width, width],
      'img_emb_proj_#': [
        [1280, 1280],
        [width, 1280],
      ],
      patch_embedding: [
        [width, 16],
        [width, 36],
        [width, 48],
      ],
      head_head: [
        [64, width],
        [192, width],
      ],
    }),
  },
  {
    family: 'wan',
    variant,
    names: 'diffusers',
    blocks: { blocks, vace_blocks: blocks },
    modules: moduleTable({
      '{blocks,vace_blocks}_#_{attn1,attn2}_{to_q,to_k,to_v,to_out_#,add_k_proj,add_v_proj}': [width, width],
      '{blocks,vace_blocks}_#_ffn_net_#_proj': [feedForward, width],
      '{blocks,vace_blocks}_#_ffn_net_#': [width, feedForward],
      'condition_embedder_{time,text}_embedder_linear_#': [
        [width, 256],
        [width, 4096],
        [width, width],
      ],
      condition_embedder_time_proj: [6 * width, width],
      proj_out: [
        [64, width],
        [192, width],
      ],
    }),
  },
]);

const ltx = (width: number, prefix: string, attentions: string): ModuleSizes => ({
  [`transformer_blocks_#_${attentions}_{to_q,to_k,to_v,to_out_#}`]: [width, width],
  [`transformer_blocks_#_${prefix}ff_net_#_proj`]: [4 * width, width],
  [`transformer_blocks_#_${prefix}ff_net_#`]: [width, 4 * width],
  [`${prefix}{adaln_single,time_embed}_linear`]: [6 * width, width],
  [`${prefix}{patchify_proj,proj_in}`]: [width, 128],
  [`${prefix}caption_projection_linear_#`]: [
    [width, 3840],
    [width, 4096],
    [width, width],
  ],
  [`${prefix}{adaln_single,time_embed}_emb_timestep_embedder_linear_#`]: [
    [width, 256],
    [width, width],
  ],
  [`${prefix}proj_out`]: [128, width],
});

/** Between video and audio, by ComfyUI's names and by diffusers'. */
const gates: ModuleSizes = {
  ...timeLayers(
    '{av_ca_{video_scale_shift,a2v_gate}_adaln_single_emb,av_cross_attn_video_{scale_shift,a2v_gate}_emb}_timestep_embedder_linear_#',
    4096,
  ),
  ...timeLayers(
    '{av_ca_{audio_scale_shift,v2a_gate}_adaln_single_emb,av_cross_attn_audio_{scale_shift,v2a_gate}_emb}_timestep_embedder_linear_#',
    2048,
  ),
  '{av_ca_a2v_gate_adaln_single,av_cross_attn_video_a2v_gate}_linear': [4096, 4096],
  '{av_ca_v2a_gate_adaln_single,av_cross_attn_audio_v2a_gate}_linear': [2048, 2048],
  av_cross_attn_video_scale_shift_linear: [16_384, 4096],
  av_cross_attn_audio_scale_shift_linear: [8192, 2048],
};

/** Wan and LTX. 2.1 14B and the experts of Wan 2.2 A14B have the same layers. */
export const videoArchitectures: readonly Architecture[] = [
  ...wan,
  {
    family: 'helios',
    names: 'diffusers',
    blocks: { blocks: 40 },
    modules: moduleTable({
      'blocks_#_{attn1,attn2}_{to_q,to_k,to_v,to_out_#}': [5120, 5120],
      'blocks_#_ffn_net_#_proj': [13_824, 5120],
      'blocks_#_ffn_net_#': [5120, 13_824],
      'condition_embedder_{time,text}_embedder_linear_#': [
        [5120, 256],
        [5120, 4096],
        [5120, 5120],
      ],
      condition_embedder_time_proj: [30_720, 5120],
      proj_out: [64, 5120],
      patch_short: [5120, 16],
      patch_mid: [5120, 16],
      patch_long: [5120, 16],
    }),
    kin: 'wan',
  },
  {
    family: 'ltxv',
    variant: '2b',
    names: 'native',
    blocks: { transformer_blocks: 28 },
    modules: moduleTable(ltx(2048, '', '{attn1,attn2}')),
  },
  {
    family: 'ltxv',
    variant: '13b',
    names: 'native',
    blocks: { transformer_blocks: 48 },
    modules: moduleTable(ltx(4096, '', '{attn1,attn2}')),
  },
  {
    family: 'ltx2',
    baseModel: 'LTXV2',
    names: 'native',
    blocks: { transformer_blocks: 48 },
    modules: moduleTable(ltx(4096, '', '{attn1,attn2}'), ltx(2048, 'audio_', '{audio_attn1,audio_attn2}'), {
      'transformer_blocks_#_{audio_to_video_attn,video_to_audio_attn}_{to_q,to_k,to_v,to_out_#}': [
        [2048, 4096],
        [2048, 2048],
        [4096, 2048],
      ],
      'av_ca_{video,audio}_scale_shift_adaln_single_linear': [
        [16_384, 4096],
        [8192, 2048],
      ],
      ...gates,
    }),
    kin: 'ltxv',
  },
  {
    family: 'mochi',
    names: 'native',
    blocks: { blocks: 48 },
    modules: moduleTable({
      'blocks_#_attn_{qkv_x,proj_x}': [
        [9216, 3072],
        [3072, 3072],
      ],
      'blocks_#_attn_{qkv_y,proj_y}': [
        [9216, 1536],
        [1536, 3072],
      ],
      'blocks_#_mod_x': [12_288, 3072],
      'blocks_#_mod_y': [
        [6144, 3072],
        [1536, 3072],
      ],
      'blocks_#_mlp_x_w1': [16_384, 3072],
      'blocks_#_mlp_x_w2': [3072, 8192],
      'blocks_#_mlp_y_w1': [8192, 1536],
      'blocks_#_mlp_y_w2': [1536, 4096],
      ...timeLayers('t_embedder_mlp_#', 3072),
      t5_y_embedder_to_kv: [8192, 4096],
      t5_y_embedder_to_q: [4096, 4096],
      t5_y_embedder_to_out: [3072, 4096],
      t5_yproj: [1536, 4096],
      final_layer_mod: [6144, 3072],
      final_layer_linear: [48, 3072],
    }),
  },
  {
    family: 'mochi',
    names: 'diffusers',
    blocks: { transformer_blocks: 48 },
    modules: moduleTable({
      'transformer_blocks_#_attn1_{to_q,to_k,to_v,to_out_#}': [3072, 3072],
      'transformer_blocks_#_attn1_{add_q_proj,add_k_proj,add_v_proj}': [3072, 1536],
      'transformer_blocks_#_attn1_to_add_out': [1536, 3072],
      'transformer_blocks_#_norm1_linear': [12_288, 3072],
      'transformer_blocks_#_norm1_context_linear': [6144, 3072],
      'transformer_blocks_#_ff_net_#_proj': [16_384, 3072],
      'transformer_blocks_#_ff_net_#': [3072, 8192],
      'transformer_blocks_#_ff_context_net_#_proj': [8192, 1536],
      'transformer_blocks_#_ff_context_net_#': [1536, 4096],
      ...timeLayers('time_embed_timestep_embedder_linear_#', 3072),
      time_embed_pooler_to_kv: [8192, 4096],
      time_embed_pooler_to_q: [4096, 4096],
      time_embed_pooler_to_out: [3072, 4096],
      time_embed_caption_proj: [1536, 4096],
      norm_out_linear: [6144, 3072],
      proj_out: [48, 3072],
    }),
    kin: 'cogvideox',
  },
  {
    family: 'easyanimate',
    names: 'diffusers',
    blocks: { transformer_blocks: 48 },
    modules: moduleTable({
      'transformer_blocks_#_attn1_{to_q,to_k,to_v,to_out_#,add_q_proj,add_k_proj,add_v_proj,to_add_out}': [3072, 3072],
      'transformer_blocks_#_{ff,txt_ff}_net_#_proj': [12_288, 3072],
      'transformer_blocks_#_{ff,txt_ff}_net_#': [3072, 12_288],
      'transformer_blocks_#_{norm1,norm2}_linear': [18_432, 512],
    }),
    kin: 'mochi',
  },
  ...(
    [
      ['2b', 1920, 30],
      ['5b', 3072, 42],
    ] as const
  ).map(([variant, width, blocks]): Architecture => ({
    family: 'cogvideox',
    variant,
    names: 'diffusers',
    blocks: { transformer_blocks: blocks },
    modules: moduleTable({
      'transformer_blocks_#_attn1_{to_q,to_k,to_v,to_out_#}': [width, width],
      'transformer_blocks_#_ff_net_#_proj': [4 * width, width],
      'transformer_blocks_#_ff_net_#': [width, 4 * width],
      'transformer_blocks_#_{norm1,norm2}_linear': [6 * width, 512],
      patch_embed_proj: [
        [width, 256],
        [width, 128],
      ],
      patch_embed_text_proj: [width, 4096],
      ...twoLayers('time_embedding_linear_#', 512, width),
      'ofs_embedding_linear_#': [512, 512],
      norm_out_linear: [2 * width, 512],
      proj_out: [
        [64, width],
        [128, width],
      ],
    }),
  })),
];
