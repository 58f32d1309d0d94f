import { moduleTable, type Architecture } from './architecture.ts';
import { timeLayers, twoLayers } from './ends.ts';

const kandinskySizes = [
  { variant: 'video-lite', width: 1792, time: 512, texts: 2, visuals: 32 },
  { variant: 'image-lite', width: 2560, time: 512, texts: 2, visuals: 50 },
  { variant: 'video-pro', width: 4096, time: 1024, texts: 4, visuals: 60 },
] as const;
const stacks = '{text,visual}_transformer_blocks_#';

const minimax = {
  attention: '{blocks,token_refiner_blocks}_#_attn',
  mlp: '{blocks,token_refiner_blocks}_#_mlp',
  block: '{transformer_blocks,token_refiner_refiner_blocks}_#',
} as const;

/** More models for video. */
export const moreVideoArchitectures: readonly Architecture[] = [
  {
    family: 'minimax-h3',
    baseModel: 'MiniMax H3',
    names: 'native',
    blocks: { blocks: 50 },
    modules: moduleTable({
      [`${minimax.attention}_qkv_proj`]: [21_504, 5376],
      [`${minimax.attention}_out_proj`]: [5376, 7168],
      [`${minimax.mlp}_fc1`]: [28_672, 5376],
      [`${minimax.mlp}_fc2`]: [5376, 14_336],
      'blocks_#_adaln_proj_linear': [96_768, 2688],
      final_layer_adaln_proj_linear: [10_752, 2688],
    }),
  },
  {
    family: 'minimax-h3',
    baseModel: 'MiniMax H3',
    names: 'diffusers',
    blocks: { transformer_blocks: 50 },
    modules: moduleTable({
      [`${minimax.block}_attn_{to_q,to_k,to_v}`]: [7168, 5376],
      [`${minimax.block}_attn_to_out_#`]: [5376, 7168],
      [`${minimax.block}_ff_net_#_proj`]: [28_672, 5376],
      [`${minimax.block}_ff_net_#`]: [5376, 14_336],
      'transformer_blocks_#_adaln_proj_linear': [96_768, 2688],
      norm_out_linear: [10_752, 2688],
      context_embedder: [5376, 5120],
      ...timeLayers('time_embedder_linear_#', 5376),
      proj_in: [5376, 96],
      audio_proj_in: [5376, 32],
      proj_out: [96, 5376],
      audio_proj_out: [32, 5376],
    }),
  },
  ...kandinskySizes.map(({ variant, width, time, texts, visuals }): Architecture => ({
    family: 'kandinsky5',
    variant,
    names: 'native',
    blocks: { text_transformer_blocks: texts, visual_transformer_blocks: visuals },
    modules: moduleTable({
      [`${stacks}_self_attention_{to_query,to_key,to_value,out_layer}`]: [width, width],
      'visual_transformer_blocks_#_cross_attention_{to_query,to_key,to_value,out_layer}': [width, width],
      [`${stacks}_feed_forward_in_layer`]: [4 * width, width],
      [`${stacks}_feed_forward_out_layer`]: [width, 4 * width],
      'text_transformer_blocks_#_text_modulation_out_layer': [
        [6 * width, time],
        [6 * width, 512],
      ],
      'visual_transformer_blocks_#_visual_modulation_out_layer': [
        [9 * width, time],
        [9 * width, 512],
      ],
      time_embeddings_in_layer: [
        [time, width],
        [512, width],
      ],
      time_embeddings_out_layer: [
        [time, time],
        [512, 512],
      ],
      text_embeddings_in_layer: [width, 3584],
      pooled_text_embeddings_in_layer: [
        [time, 768],
        [512, 768],
      ],
      visual_embeddings_in_layer: [
        [width, 64],
        [width, 132],
      ],
      out_layer_out_layer: [64, width],
      out_layer_modulation_out_layer: [
        [2 * width, time],
        [2 * width, 512],
      ],
    }),
  })),
  {
    family: 'allegro',
    names: 'diffusers',
    blocks: { transformer_blocks: 32 },
    modules: moduleTable({
      'transformer_blocks_#_{attn1,attn2}_{to_q,to_k,to_v,to_out_#}': [2304, 2304],
      'transformer_blocks_#_ff_net_#_proj': [9216, 2304],
      'transformer_blocks_#_ff_net_#': [2304, 9216],
      adaln_single_linear: [13_824, 2304],
      ...timeLayers('adaln_single_emb_timestep_embedder_linear_#', 2304),
      ...twoLayers('caption_projection_linear_#', 2304, 4096),
      proj_out: [16, 2304],
    }),
  },
];
