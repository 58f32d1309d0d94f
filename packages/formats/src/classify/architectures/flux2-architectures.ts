import { moduleTable, type Architecture } from './architecture.ts';

interface Flux2Size {
  readonly variant: string;
  readonly baseModel: string | null;
  readonly width: number;
  readonly text: number;
  readonly doubleBlocks: number;
  readonly singleBlocks: number;
}

const sizes: readonly Flux2Size[] = [
  { variant: 'dev', baseModel: 'Flux.2 D', width: 6144, text: 15_360, doubleBlocks: 8, singleBlocks: 48 },
  { variant: 'klein-9b', baseModel: null, width: 4096, text: 12_288, doubleBlocks: 8, singleBlocks: 24 },
  { variant: 'klein-4b', baseModel: null, width: 3072, text: 7680, doubleBlocks: 5, singleBlocks: 20 },
];

/** FLUX.2: gated MLPs and one modulation for all blocks. */
export const flux2Architectures: readonly Architecture[] = sizes.flatMap(
  ({ variant, baseModel, width, text, doubleBlocks, singleBlocks }): readonly Architecture[] => [
    {
      family: 'flux2',
      variant,
      baseModel,
      names: 'native',
      blocks: { double_blocks: doubleBlocks, single_blocks: singleBlocks },
      modules: moduleTable({
        img_in: [width, 128],
        txt_in: [width, text],
        '{time,guidance}_in_in_layer': [width, 256],
        '{time,guidance}_in_out_layer': [width, width],
        'double_stream_modulation_{img,txt}_lin': [6 * width, width],
        single_stream_modulation_lin: [3 * width, width],
        'double_blocks_#_{img,txt}_attn_qkv': [3 * width, width],
        'double_blocks_#_{img,txt}_attn_proj': [width, width],
        'double_blocks_#_{img,txt}_mlp_#': [
          [6 * width, width],
          [width, 3 * width],
        ],
        'single_blocks_#_linear1': [9 * width, width],
        'single_blocks_#_linear2': [width, 4 * width],
        final_layer_linear: [128, width],
        'final_layer_adaLN_modulation_#': [2 * width, width],
      }),
    },
    {
      family: 'flux2',
      variant,
      baseModel,
      names: 'diffusers',
      blocks: { transformer_blocks: doubleBlocks, single_transformer_blocks: singleBlocks },
      modules: moduleTable({
        x_embedder: [width, 128],
        context_embedder: [width, text],
        'time_guidance_embed_{timestep,guidance}_embedder_linear_#': [
          [width, 256],
          [width, width],
        ],
        'double_stream_modulation_{img,txt}_linear': [6 * width, width],
        single_stream_modulation_linear: [3 * width, width],
        'transformer_blocks_#_attn_{to_q,to_k,to_v,to_out_#,add_q_proj,add_k_proj,add_v_proj,to_add_out}': [
          width,
          width,
        ],
        'transformer_blocks_#_{ff,ff_context}_linear_in': [6 * width, width],
        'transformer_blocks_#_{ff,ff_context}_linear_out': [width, 3 * width],
        'single_transformer_blocks_#_attn_to_qkv_mlp_proj': [9 * width, width],
        'single_transformer_blocks_#_attn_to_out': [width, 4 * width],
        norm_out_linear: [2 * width, width],
        proj_out: [128, width],
      }),
    },
  ],
);
