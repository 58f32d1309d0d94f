import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';
import { timeLayers, twoLayers } from './ends.ts';

const stacks = '{layers,context_refiner,noise_refiner}_#';

const nextDit = (width: number, heads: number, feedForward: number): ModuleSizes => ({
  [`${stacks}_attention_qkv`]: [heads, width],
  [`${stacks}_attention_out`]: [width, width],
  [`${stacks}_feed_forward_{w1,w3}`]: [feedForward, width],
  [`${stacks}_feed_forward_w2`]: [width, feedForward],
});

const zImageModulation: ModuleSizes = {
  '{layers,noise_refiner}_#_adaLN_modulation_#': [15_360, 256],
  'cap_embedder_#': [3840, 2560],
  't_embedder_mlp_#': [
    [1024, 256],
    [256, 1024],
  ],
  '{x_embedder,all_x_embedder_2-1}': [3840, 64],
  '{final_layer,all_final_layer_2-1}_linear': [64, 3840],
  '{final_layer,all_final_layer_2-1}_adaLN_modulation_#': [3840, 256],
};

const cosmosAttention = (width: number): ModuleSizes => ({
  'blocks_#_self_attn_{q_proj,k_proj,v_proj,output_proj}': [width, width],
  'blocks_#_cross_attn_{q_proj,output_proj}': [width, width],
  'blocks_#_cross_attn_{k_proj,v_proj}': [width, 1024],
  'blocks_#_mlp_layer1': [4 * width, width],
  'blocks_#_mlp_layer2': [width, 4 * width],
  'blocks_#_adaln_modulation_{self_attn,cross_attn,mlp}_#': [
    [256, width],
    [3 * width, 256],
  ],
  'x_embedder_proj_#': [
    [width, 68],
    [width, 72],
  ],
  't_embedder_#_linear_#': [
    [width, width],
    [3 * width, width],
  ],
  final_layer_linear: [64, width],
  'final_layer_adaln_modulation_#': [
    [256, width],
    [2 * width, 256],
  ],
});

const cosmosDiffusers = (width: number): ModuleSizes => ({
  'transformer_blocks_#_{attn1,attn2}_{to_q,to_out_#}': [width, width],
  'transformer_blocks_#_attn1_{to_k,to_v}': [width, width],
  'transformer_blocks_#_attn2_{to_k,to_v}': [width, 1024],
  'transformer_blocks_#_{norm1,norm2,norm3}_linear_#': [
    [256, width],
    [3 * width, 256],
  ],
  'transformer_blocks_#_ff_net_#_proj': [4 * width, width],
  'transformer_blocks_#_ff_net_#': [width, 4 * width],
  patch_embed_proj: [
    [width, 68],
    [width, 72],
  ],
  'time_embed_t_embedder_linear_#': [
    [width, width],
    [3 * width, width],
  ],
  'norm_out_linear_#': [
    [256, width],
    [2 * width, 256],
  ],
  proj_out: [64, width],
});

const grouped = (width: number, feedForward: number): ModuleSizes => ({
  [`{layers,context_refiner,noise_refiner,ref_image_refiner}_#_attn_{to_q,to_out_#}`]: [width, width],
  [`{layers,context_refiner,noise_refiner,ref_image_refiner}_#_attn_{to_k,to_v}`]: [width / 3, width],
  [`{layers,context_refiner,noise_refiner,ref_image_refiner}_#_feed_forward_linear_#`]: [
    [feedForward, width],
    [width, feedForward],
  ],
  '{layers,noise_refiner,ref_image_refiner}_#_norm1_linear': [4 * width, 1024],
  ...timeLayers('time_caption_embed_timestep_embedder_linear_#', 1024),
  'norm_out_linear_#': [
    [width, 1024],
    [64, width],
  ],
});

const krea2Blocks: ModuleSizes = {
  'blocks_#_attn_{wq,wo,gate}': [6144, 6144],
  'blocks_#_attn_{wk,wv}': [1536, 6144],
  'blocks_#_mlp_{gate,up}': [16_384, 6144],
  'blocks_#_mlp_down': [6144, 16_384],
  'txtfusion_{layerwise,refiner}_blocks_#_attn_{wq,wk,wv,wo,gate}': [2560, 2560],
  'txtfusion_{layerwise,refiner}_blocks_#_mlp_{gate,up}': [6912, 2560],
  'txtfusion_{layerwise,refiner}_blocks_#_mlp_down': [2560, 6912],
  txtfusion_projector: [1, 12],
  first: [6144, 64],
  last_linear: [64, 6144],
  'tmlp_#': [
    [6144, 256],
    [6144, 6144],
  ],
  'tproj_#': [36_864, 6144],
  'txtmlp_#': [
    [6144, 2560],
    [6144, 6144],
  ],
};

const krea2Diffusers: ModuleSizes = {
  'transformer_blocks_#_attn_{to_q,to_gate,to_out_#}': [6144, 6144],
  'transformer_blocks_#_attn_{to_k,to_v}': [1536, 6144],
  'transformer_blocks_#_ff_{gate,up}': [16_384, 6144],
  'transformer_blocks_#_ff_down': [6144, 16_384],
  'text_fusion_{layerwise,refiner}_blocks_#_attn_{to_q,to_k,to_v,to_gate,to_out_#}': [2560, 2560],
  'text_fusion_{layerwise,refiner}_blocks_#_ff_{gate,up}': [6912, 2560],
  'text_fusion_{layerwise,refiner}_blocks_#_ff_down': [2560, 6912],
  text_fusion_projector: [1, 12],
  img_in: [6144, 64],
  time_mod_proj: [36_864, 6144],
  'time_embed_linear_#': [
    [6144, 256],
    [6144, 6144],
  ],
  'txt_in_linear_#': [
    [6144, 2560],
    [6144, 6144],
  ],
  final_layer_linear: [64, 6144],
};

/** Image models that are neither U-Nets nor of the FLUX line. */
export const imageArchitectures: readonly Architecture[] = [
  {
    family: 'z-image',
    names: 'native',
    blocks: { layers: 30 },
    modules: moduleTable(nextDit(3840, 11_520, 10_240), zImageModulation),
  },
  {
    family: 'z-image',
    names: 'diffusers',
    blocks: { layers: 30 },
    modules: moduleTable(nextDit(3840, 11_520, 10_240), zImageModulation, {
      [`${stacks}_attention_{to_q,to_k,to_v,to_out_#}`]: [3840, 3840],
    }),
  },
  {
    family: 'lumina2',
    baseModel: 'Lumina',
    names: 'native',
    blocks: { layers: 26 },
    modules: moduleTable(nextDit(2304, 3840, 9216), {
      '{layers,noise_refiner}_#_adaLN_modulation_#': [9216, 1024],
      'cap_embedder_#': [2304, 2304],
      ...timeLayers('t_embedder_mlp_#', 1024),
      x_embedder: [2304, 64],
      final_layer_linear: [64, 2304],
      'final_layer_adaLN_modulation_#': [2304, 1024],
    }),
  },
  {
    family: 'lumina2',
    baseModel: 'Lumina',
    names: 'diffusers',
    blocks: { layers: 26 },
    modules: moduleTable(grouped(2304, 9216), { 'time_caption_embed_caption_embedder_#': [2304, 2304] }),
  },
  {
    family: 'omnigen2',
    names: 'diffusers',
    blocks: { layers: 32 },
    modules: moduleTable(grouped(2520, 10_240), { 'time_caption_embed_caption_embedder_#': [2520, 2048] }),
  },
  {
    family: 'lumina',
    names: 'diffusers',
    blocks: { layers: 32 },
    modules: moduleTable({
      'layers_#_{attn1,attn2}_to_q': [2304, 2304],
      'layers_#_attn1_{to_k,to_v}': [576, 2304],
      'layers_#_attn2_{to_k,to_v}': [576, 2048],
      'layers_#_attn2_to_out_#': [2304, 2304],
      'layers_#_feed_forward_linear_#': [
        [6144, 2304],
        [2304, 6144],
      ],
      'layers_#_norm1_linear': [9216, 1024],
      ...twoLayers('time_caption_embed_caption_embedder_#', 1024, 2048),
      ...timeLayers('time_caption_embed_timestep_embedder_linear_#', 1024),
    }),
  },
  {
    family: 'anima',
    baseModel: 'Anima',
    names: 'native',
    blocks: { blocks: 28 },
    modules: moduleTable(cosmosAttention(2048), {
      'llm_adapter_blocks_#_{self_attn,cross_attn}_{q_proj,k_proj,v_proj,o_proj}': [1024, 1024],
      'llm_adapter_blocks_#_mlp_#': [
        [4096, 1024],
        [1024, 4096],
      ],
      'llm_adapter_{in_proj,out_proj}': [1024, 1024],
    }),
  },
  {
    family: 'cosmos-predict2',
    variant: '2b',
    names: 'native',
    blocks: { blocks: 28 },
    modules: moduleTable(cosmosAttention(2048)),
    kin: 'anima',
  },
  {
    family: 'cosmos-predict2',
    variant: '14b',
    names: 'native',
    blocks: { blocks: 36 },
    modules: moduleTable(cosmosAttention(5120)),
    kin: 'anima',
  },
  ...(
    [
      ['7b', 4096, 28, 'ltxv'],
      ['14b', 5120, 36, 'cosmos-predict2'],
    ] as const
  ).map(([variant, width, blocks, kin]): Architecture => ({
    family: 'cosmos',
    variant,
    names: 'diffusers',
    blocks: { transformer_blocks: blocks },
    modules: moduleTable(cosmosDiffusers(width)),
    kin,
  })),
  ...(
    [
      ['2b', 2048, 28],
      ['14b', 5120, 36],
    ] as const
  ).map(([variant, width, blocks]): Architecture => ({
    family: 'cosmos-predict2',
    variant,
    names: 'diffusers',
    blocks: { transformer_blocks: blocks },
    modules: moduleTable(cosmosDiffusers(width)),
    kin: 'ltxv',
  })),
  { family: 'krea2', baseModel: 'Krea 2', names: 'native', blocks: { blocks: 28 }, modules: moduleTable(krea2Blocks) },
  {
    family: 'krea2',
    baseModel: 'Krea 2',
    names: 'diffusers',
    blocks: { transformer_blocks: 28 },
    modules: moduleTable(krea2Diffusers),
  },
];
