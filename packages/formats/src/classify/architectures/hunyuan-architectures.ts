import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';
import { timeLayers, twoLayers } from './ends.ts';

const refined = 'txt_in_individual_token_refiner_blocks_#';

/** Two streams, then one; `mlp` and `modulation` are named anew by each code that reads these models. */
const native = (width: number, text: number): ModuleSizes => ({
  'double_blocks_#_{img,txt}_attn_qkv': [3 * width, width],
  'double_blocks_#_{img,txt}_attn_{q,k,v,proj}': [width, width],
  'double_blocks_#_{img,txt}_{mlp_fc1,mlp_fc2,mlp_#}': [
    [4 * width, width],
    [width, 4 * width],
  ],
  'double_blocks_#_{img,txt}_{mod_linear,mod_lin}': [6 * width, width],
  'single_blocks_#_{linear1,linear1_qkv,linear1_q,linear1_k,linear1_v,linear1_mlp}': [
    [7 * width, width],
    [4 * width, width],
    [3 * width, width],
    [width, width],
  ],
  'single_blocks_#_{linear2,linear2_fc}': [width, 5 * width],
  'single_blocks_#_{modulation_linear,modulation_lin}': [3 * width, width],
  [`${refined}_self_attn_{qkv,self_attn_qkv}`]: [3 * width, width],
  [`${refined}_{self_attn_qkv,self_attn_proj,mlp_fc1,mlp_fc2,mlp_#,adaLN_modulation_#}`]: [
    [3 * width, width],
    [width, width],
    [4 * width, width],
    [width, 4 * width],
    [2 * width, width],
  ],
  txt_in_input_embedder: [width, text],
  ...timeLayers('{time_in,time_r_in,guidance_in,txt_in_t_embedder}_{in_layer,out_layer,mlp_#}', width),
  ...twoLayers('txt_in_c_embedder_{in_layer,out_layer,linear_#}', width, text),
  ...twoLayers('vector_in_{in_layer,out_layer}', width, 768),
  final_layer_linear: [
    [64, width],
    [32, width],
  ],
  'final_layer_adaLN_modulation_#': [2 * width, width],
});

const streams = (width: number): ModuleSizes => ({
  'transformer_blocks_#_attn_{to_q,to_k,to_v,to_out_#,add_q_proj,add_k_proj,add_v_proj,to_add_out}': [width, width],
  'transformer_blocks_#_{ff,ff_context}_net_#_proj': [4 * width, width],
  'transformer_blocks_#_{ff,ff_context}_net_#': [width, 4 * width],
  'transformer_blocks_#_{norm1,norm1_context}_linear': [6 * width, width],
  'single_transformer_blocks_#_attn_{to_q,to_k,to_v}': [width, width],
  'single_transformer_blocks_#_norm_linear': [3 * width, width],
  'single_transformer_blocks_#_proj_mlp': [4 * width, width],
  'single_transformer_blocks_#_proj_out': [width, 5 * width],
  norm_out_linear: [2 * width, width],
});

const diffusers = (width: number, text: number): ModuleSizes => ({
  ...streams(width),
  ...timeLayers('{context_embedder_time_text_embed,time_text_embed}_{timestep,guidance}_embedder_linear_#', width),
  ...twoLayers('context_embedder_time_text_embed_text_embedder_linear_#', width, text),
  ...twoLayers('time_text_embed_text_embedder_linear_#', width, 768),
  context_embedder_proj_in: [width, text],
  'context_embedder_token_refiner_refiner_blocks_#_norm_out_linear': [2 * width, width],
  proj_out: [
    [64, width],
    [32, width],
  ],
  'context_embedder_token_refiner_refiner_blocks_#_attn_{to_q,to_k,to_v,to_out_#}': [width, width],
  'context_embedder_token_refiner_refiner_blocks_#_ff_net_#_proj': [4 * width, width],
  'context_embedder_token_refiner_refiner_blocks_#_ff_net_#': [width, 4 * width],
});

/** Hunyuan's models for video and images. FLUX.1 has the same attention in the names of diffusers. */
export const hunyuanArchitectures: readonly Architecture[] = [
  {
    family: 'hunyuan-video',
    names: 'native',
    blocks: { double_blocks: 20, single_blocks: 40 },
    modules: moduleTable(native(3072, 4096)),
    kin: 'flux1',
  },
  {
    family: 'hunyuan-video',
    names: 'diffusers',
    blocks: { transformer_blocks: 20, single_transformer_blocks: 40 },
    modules: moduleTable(diffusers(3072, 4096), {
      image_projection_up: [9216, 1152],
      image_projection_down: [3072, 9216],
    }),
    kin: 'flux1',
  },
  {
    family: 'motif-video',
    names: 'diffusers',
    blocks: { transformer_blocks: 20, single_transformer_blocks: 40 },
    modules: moduleTable(streams(3072), timeLayers('time_text_embed_timestep_embedder_linear_#', 3072), {
      'context_embedder_linear_#': [
        [3072, 4096],
        [3072, 3072],
      ],
    }),
    kin: 'hunyuan-video',
  },
  {
    family: 'nucleus-image',
    names: 'diffusers',
    blocks: { transformer_blocks: 24 },
    modules: moduleTable({
      'transformer_blocks_#_attn_{to_q,to_k,to_v,to_out_#,add_k_proj,add_v_proj}': [2048, 2048],
      'transformer_blocks_#_encoder_proj': [2048, 3584],
      'transformer_blocks_#_img_mlp_gate': [128, 4096],
    }),
    kin: 'hunyuan-video-1.5',
  },
  {
    family: 'hunyuan-video-1.5',
    names: 'native',
    blocks: { double_blocks: 54 },
    modules: moduleTable(native(2048, 3584), {
      'byt5_in_fc{1,2,3}': [
        [2048, 1472],
        [2048, 2048],
      ],
      'vision_in_proj_#': [
        [1152, 1152],
        [2048, 1152],
      ],
      cond_type_embedding: [3, 2048],
    }),
  },
  {
    family: 'hunyuan-video-1.5',
    names: 'diffusers',
    blocks: { transformer_blocks: 54 },
    modules: moduleTable(diffusers(2048, 3584), timeLayers('time_embed_timestep_embedder_linear_#', 2048), {
      'context_embedder_#_linear_#': [
        [2048, 1472],
        [2048, 2048],
      ],
      'image_embedder_linear_#': [
        [1152, 1152],
        [2048, 1152],
      ],
    }),
  },
  {
    family: 'hunyuan-image',
    names: 'native',
    blocks: { double_blocks: 20, single_blocks: 40 },
    modules: moduleTable(native(3584, 3584), {
      'byt5_in_fc{1,2,3}': [
        [2048, 1472],
        [2048, 2048],
        [3584, 2048],
      ],
    }),
  },
  {
    family: 'hunyuan-image',
    names: 'diffusers',
    blocks: { transformer_blocks: 20, single_transformer_blocks: 40 },
    modules: moduleTable(diffusers(3584, 3584)),
  },
  {
    family: 'hunyuan-image',
    variant: 'refiner',
    names: 'native',
    blocks: { double_blocks: 20, single_blocks: 40 },
    modules: moduleTable(native(3328, 3584)),
  },
  {
    family: 'hunyuan-image',
    variant: 'refiner',
    names: 'diffusers',
    blocks: { transformer_blocks: 20, single_transformer_blocks: 40 },
    modules: moduleTable(diffusers(3328, 3584)),
  },
];
