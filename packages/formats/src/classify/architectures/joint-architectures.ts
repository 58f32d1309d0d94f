import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';

const joint = '{to_q,to_k,to_v,to_out_#,add_q_proj,add_k_proj,add_v_proj,to_add_out}';

const sd3 = (width: number): ModuleSizes => ({
  'joint_blocks_#_{x,context}_block_{attn,attn2}_qkv': [3 * width, width],
  'joint_blocks_#_{x,context}_block_{attn,attn2}_proj': [width, width],
  'joint_blocks_#_{x,context}_block_mlp_fc1': [4 * width, width],
  'joint_blocks_#_{x,context}_block_mlp_fc2': [width, 4 * width],
  'joint_blocks_#_{x,context}_block_adaLN_modulation_#': [
    [6 * width, width],
    [9 * width, width],
    [2 * width, width],
  ],
  x_embedder_proj: [width, 16],
  't_embedder_mlp_#': [
    [width, 256],
    [width, width],
  ],
  'y_embedder_mlp_#': [
    [width, 2048],
    [width, width],
  ],
  context_embedder: [width, 4096],
  final_layer_linear: [64, width],
  'final_layer_adaLN_modulation_#': [2 * width, width],
});

const sd3Diffusers = (width: number): ModuleSizes => ({
  [`transformer_blocks_#_{attn,attn2}_${joint}`]: [width, width],
  'transformer_blocks_#_{ff,ff_context}_net_#_proj': [4 * width, width],
  'transformer_blocks_#_{ff,ff_context}_net_#': [width, 4 * width],
  'transformer_blocks_#_{norm1,norm1_context}_linear': [
    [6 * width, width],
    [9 * width, width],
    [2 * width, width],
  ],
  'time_text_embed_timestep_embedder_linear_#': [
    [width, 256],
    [width, width],
  ],
  'time_text_embed_text_embedder_linear_#': [
    [width, 2048],
    [width, width],
  ],
  pos_embed_proj: [width, 16],
  context_embedder: [width, 4096],
  norm_out_linear: [2 * width, width],
  proj_out: [64, width],
});

const qwenImage: ModuleSizes = {
  [`transformer_blocks_#_attn_${joint}`]: [3072, 3072],
  'transformer_blocks_#_{img,txt}_mod_#': [18_432, 3072],
  'transformer_blocks_#_{img,txt}_mlp_net_#_proj': [12_288, 3072],
  'transformer_blocks_#_{img,txt}_mlp_net_#': [3072, 12_288],
  'time_text_embed_timestep_embedder_linear_#': [
    [3072, 256],
    [3072, 3072],
  ],
  img_in: [3072, 64],
  txt_in: [3072, 3584],
  norm_out_linear: [6144, 3072],
  proj_out: [64, 3072],
};

/** Transformers with joint attention that are not of the FLUX line. */
export const jointArchitectures: readonly Architecture[] = [
  {
    family: 'sd3',
    variant: null,
    names: 'native',
    blocks: { joint_blocks: 24 },
    modules: moduleTable(sd3(1536)),
  },
  {
    family: 'sd3',
    variant: '3.5-large',
    names: 'native',
    blocks: { joint_blocks: 38 },
    modules: moduleTable(sd3(2432)),
  },
  {
    family: 'sd3',
    variant: null,
    names: 'diffusers',
    blocks: { transformer_blocks: 24 },
    modules: moduleTable(sd3Diffusers(1536)),
  },
  {
    family: 'sd3',
    variant: '3.5-large',
    names: 'diffusers',
    blocks: { transformer_blocks: 38 },
    modules: moduleTable(sd3Diffusers(2432)),
  },
  {
    family: 'qwen-image',
    baseModel: 'Qwen',
    names: 'diffusers',
    blocks: { transformer_blocks: 60 },
    modules: moduleTable(qwenImage),
  },
];
