import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';
import { timeLayers, twoLayers } from './ends.ts';

const sanaLayers = (width: number): ModuleSizes => ({
  'transformer_blocks_#_{attn1,attn2}_{to_q,to_k,to_v,to_out_#}': [width, width],
  'transformer_blocks_#_ff_conv_inverted': [5 * width, width],
  'transformer_blocks_#_ff_conv_point': [width, 2.5 * width],
  'transformer_blocks_#_ff_conv_depth': [5 * width, 1],
  ...timeLayers('{time_embed_emb_timestep,time_embed_timestep,time_embed_guidance}_embedder_linear_#', width),
  time_embed_linear: [6 * width, width],
  ...twoLayers('caption_projection_linear_#', width, 2304),
});
const hidreamAttention = '{to_q,to_k,to_v,to_out,to_q_t,to_k_t,to_v_t,to_out_t}';

const ideogram: ModuleSizes = {
  'layers_#_attention_qkv': [13_824, 4608],
  'layers_#_attention_{o,to_q,to_k,to_v,to_out_#}': [4608, 4608],
  'layers_#_feed_forward_{w1,w3}': [12_288, 4608],
  'layers_#_feed_forward_w2': [4608, 12_288],
  'layers_#_adaln_modulation': [18_432, 512],
  input_proj: [4608, 128],
  llm_cond_proj: [4608, 53_248],
  't_embedding_{mlp_in,mlp_out}': [4608, 4608],
  adaln_proj: [512, 4608],
  final_layer_linear: [128, 4608],
  final_layer_adaln_modulation: [4608, 512],
};

/** More image models, each with layers of its own. */
export const moreImageArchitectures: readonly Architecture[] = [
  {
    family: 'hidream',
    baseModel: 'HiDream',
    names: 'native',
    blocks: { double_stream_blocks: 16, single_stream_blocks: 32 },
    modules: moduleTable({
      [`{double,single}_stream_blocks_#_block_attn1_${hidreamAttention}`]: [2560, 2560],
      '{double,single}_stream_blocks_#_block_ff_i_shared_experts_{w1,w3}': [3584, 2560],
      '{double,single}_stream_blocks_#_block_ff_i_shared_experts_w2': [2560, 3584],
      '{double,single}_stream_blocks_#_block_ff_i_experts_#_{w1,w3}': [6912, 2560],
      '{double,single}_stream_blocks_#_block_ff_i_experts_#_w2': [2560, 6912],
      '{double,single}_stream_blocks_#_block_ff_i_gate': [4, 2560],
      'double_stream_blocks_#_block_ff_t_{w1,w3}': [6912, 2560],
      'double_stream_blocks_#_block_ff_t_w2': [2560, 6912],
      '{double,single}_stream_blocks_#_block_adaLN_modulation_#': [
        [30_720, 2560],
        [15_360, 2560],
      ],
      'caption_projection_#_linear': [2560, 4096],
      ...timeLayers('t_embedder_timestep_embedder_linear_#', 2560),
      ...twoLayers('p_embedder_pooled_embedder_linear_#', 2560, 2048),
      x_embedder_proj: [2560, 64],
      final_layer_linear: [64, 2560],
      'final_layer_adaLN_modulation_#': [5120, 2560],
    }),
  },
  { family: 'ideogram4', names: 'native', blocks: { layers: 34 }, modules: moduleTable(ideogram) },
  {
    family: 'ernie-image',
    baseModel: 'Ernie',
    names: 'native',
    blocks: { layers: 36 },
    modules: moduleTable({
      'layers_#_self_attention_{to_q,to_k,to_v,to_out_#}': [
        [3072, 3072],
        [4096, 4096],
      ],
      'layers_#_mlp_{gate_proj,up_proj}': [
        [8192, 3072],
        [12_288, 4096],
      ],
      'layers_#_mlp_linear_fc2': [
        [3072, 8192],
        [4096, 12_288],
      ],
      text_proj: [
        [3072, 2560],
        [4096, 3072],
      ],
      'time_embedding_linear_#': [
        [3072, 3072],
        [4096, 4096],
      ],
      'adaLN_modulation_#': [
        [18_432, 3072],
        [24_576, 4096],
      ],
      final_norm_linear: [
        [6144, 3072],
        [8192, 4096],
      ],
      final_linear: [
        [128, 3072],
        [128, 4096],
      ],
    }),
  },
  {
    family: 'auraflow',
    baseModel: 'AuraFlow',
    names: 'native',
    blocks: { double_layers: 4, single_layers: 32 },
    modules: moduleTable({
      '{double_layers,single_layers}_#_attn_{w1q,w1k,w1v,w1o,w2q,w2k,w2v,w2o}': [3072, 3072],
      'double_layers_#_{mlpC,mlpX}_{c_fc1,c_fc2}': [8192, 3072],
      'double_layers_#_{mlpC,mlpX}_c_proj': [3072, 8192],
      'single_layers_#_mlp_{c_fc1,c_fc2}': [8192, 3072],
      'single_layers_#_mlp_c_proj': [3072, 8192],
      '{double_layers_#_modC_#,double_layers_#_modX_#,single_layers_#_modCX_#}': [18_432, 3072],
      ...timeLayers('t_embedder_mlp_#', 3072),
      cond_seq_linear: [3072, 2048],
      init_x_linear: [3072, 16],
      final_linear: [16, 3072],
      'modF_#': [6144, 3072],
    }),
  },
  {
    family: 'auraflow',
    baseModel: 'AuraFlow',
    names: 'diffusers',
    blocks: { joint_transformer_blocks: 4, single_transformer_blocks: 32 },
    modules: moduleTable({
      'joint_transformer_blocks_#_attn_{to_q,to_k,to_v,to_out_#,add_q_proj,add_k_proj,add_v_proj,to_add_out}': [
        3072, 3072,
      ],
      'joint_transformer_blocks_#_{ff,ff_context}_linear_#': [8192, 3072],
      'joint_transformer_blocks_#_{ff,ff_context}_out_projection': [3072, 8192],
      'single_transformer_blocks_#_attn_{to_q,to_k,to_v,to_out_#}': [3072, 3072],
      'single_transformer_blocks_#_ff_linear_#': [8192, 3072],
      'single_transformer_blocks_#_ff_out_projection': [3072, 8192],
      'joint_transformer_blocks_#_{norm1,norm1_context}_linear': [18_432, 3072],
      'single_transformer_blocks_#_norm1_linear': [18_432, 3072],
      ...timeLayers('time_step_proj_linear_#', 3072),
      context_embedder: [3072, 2048],
      pos_embed_proj: [3072, 16],
      norm_out_linear: [6144, 3072],
      proj_out: [16, 3072],
    }),
    kin: 'flux1',
  },
  {
    family: 'pixart',
    names: 'native',
    blocks: { blocks: 28 },
    modules: moduleTable({
      'blocks_#_attn_{qkv,proj}': [
        [3456, 1152],
        [1152, 1152],
      ],
      'blocks_#_cross_attn_{q_linear,kv_linear,proj}': [
        [2304, 1152],
        [1152, 1152],
      ],
      'blocks_#_mlp_{fc1,fc2}': [
        [4608, 1152],
        [1152, 4608],
      ],
      't_block_#': [6912, 1152],
      ...timeLayers('t_embedder_mlp_#', 1152),
      ...timeLayers('{csize_embedder,ar_embedder}_mlp_#', 384),
      ...twoLayers('y_embedder_y_proj_{fc1,fc2}', 1152, 4096),
      final_layer_linear: [32, 1152],
    }),
  },
  {
    family: 'pixart',
    names: 'diffusers',
    blocks: { transformer_blocks: 28 },
    modules: moduleTable({
      'transformer_blocks_#_{attn1,attn2}_{to_q,to_k,to_v,to_out_#}': [1152, 1152],
      'transformer_blocks_#_ff_net_#_proj': [4608, 1152],
      'transformer_blocks_#_ff_net_#': [1152, 4608],
      adaln_single_linear: [6912, 1152],
      ...timeLayers('adaln_single_emb_timestep_embedder_linear_#', 1152),
      ...timeLayers('adaln_single_emb_{resolution,aspect_ratio}_embedder_linear_#', 384),
      ...twoLayers('caption_projection_linear_#', 1152, 4096),
      proj_out: [32, 1152],
    }),
  },
  {
    family: 'dit',
    names: 'diffusers',
    blocks: { transformer_blocks: 28 },
    modules: moduleTable({
      'transformer_blocks_#_attn1_{to_q,to_k,to_v,to_out_#}': [1152, 1152],
      'transformer_blocks_#_ff_net_#_proj': [4608, 1152],
      'transformer_blocks_#_ff_net_#': [1152, 4608],
      'transformer_blocks_#_norm1_linear': [6912, 1152],
      'transformer_blocks_#_norm1_emb_timestep_embedder_linear_#': [
        [1152, 256],
        [1152, 1152],
      ],
      proj_out_1: [2304, 1152],
      proj_out_2: [32, 1152],
    }),
    kin: 'pixart',
  },
  {
    family: 'hunyuan-dit',
    baseModel: 'Hunyuan 1',
    names: 'native',
    blocks: { blocks: 40 },
    modules: moduleTable({
      'blocks_#_attn1_{Wqkv,out_proj}': [
        [4224, 1408],
        [1408, 1408],
      ],
      'blocks_#_attn2_{q_proj,kv_proj,out_proj}': [
        [2816, 1024],
        [1408, 1408],
      ],
      'blocks_#_mlp_{fc1,fc2}': [
        [6144, 1408],
        [1408, 6144],
      ],
      'blocks_#_default_modulation_#': [1408, 1408],
      'blocks_#_skip_linear': [1408, 2816],
      ...timeLayers('t_embedder_mlp_#', 1408),
      'mlp_t5_#': [
        [8192, 2048],
        [1024, 8192],
      ],
      'pooler_{k,q,v}_proj': [2048, 2048],
      pooler_c_proj: [1024, 2048],
      final_layer_linear: [32, 1408],
      'final_layer_adaLN_modulation_#': [2816, 1408],
    }),
  },
  {
    family: 'hunyuan-dit',
    baseModel: 'Hunyuan 1',
    names: 'diffusers',
    blocks: { blocks: 40 },
    modules: moduleTable({
      'blocks_#_{attn1,attn2}_{to_q,to_out_#}': [1408, 1408],
      'blocks_#_attn1_{to_k,to_v}': [1408, 1408],
      'blocks_#_attn2_{to_k,to_v}': [1408, 1024],
      'blocks_#_ff_net_#_proj': [6144, 1408],
      'blocks_#_ff_net_#': [1408, 6144],
      'blocks_#_norm1_linear': [1408, 1408],
      'blocks_#_skip_linear': [1408, 2816],
      ...timeLayers('time_extra_emb_timestep_embedder_linear_#', 1408),
      'text_embedder_linear_#': [
        [8192, 2048],
        [1024, 8192],
      ],
      'time_extra_emb_pooler_{k,q,v}_proj': [2048, 2048],
      time_extra_emb_pooler_c_proj: [1024, 2048],
      norm_out_linear: [2816, 1408],
      proj_out: [32, 1408],
    }),
  },
  ...(
    [
      ['0.6b', 1152, 28],
      ['1.6b', 2240, 20],
      ['4.8b', 2240, 60],
    ] as const
  ).map(([variant, width, blocks]): Architecture => ({
    family: 'sana',
    variant,
    names: 'diffusers',
    blocks: { transformer_blocks: blocks },
    modules: moduleTable(sanaLayers(width)),
    kin: 'pixart',
  })),
  {
    family: 'sana-video',
    names: 'diffusers',
    blocks: { transformer_blocks: 20 },
    modules: moduleTable(sanaLayers(2240), { 'transformer_blocks_#_ff_conv_temp': [2240, 2240] }),
    kin: 'sana',
  },
  ...(
    [
      ['cogview3', 2560, 30, 'glm-image'],
      ['glm-image', 2560, 30, null],
      ['cogview4', 4096, 28, null],
    ] as const
  ).map(([family, width, blocks, kin]): Architecture => ({
    family,
    names: 'diffusers',
    blocks: { transformer_blocks: blocks },
    modules: moduleTable({
      'transformer_blocks_#_attn1_{to_q,to_k,to_v,to_out_#}': [width, width],
      'transformer_blocks_#_ff_net_#_proj': [4 * width, width],
      'transformer_blocks_#_ff_net_#': [width, 4 * width],
      'transformer_blocks_#_norm1_linear': [12 * width, 512],
      patch_embed_proj: [width, 64],
      patch_embed_text_proj: [width, 4096],
      ...twoLayers('time_condition_embed_timestep_embedder_linear_#', 512, width),
      ...twoLayers('time_condition_embed_condition_embedder_linear_#', 512, 1536),
      norm_out_linear: [2 * width, 512],
      proj_out: [64, width],
    }),
    ...(kin === null ? {} : { kin }),
  })),
];
