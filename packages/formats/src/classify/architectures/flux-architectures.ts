import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';
import { timeLayers } from './ends.ts';

const ends = (width: number, text: number): ModuleSizes => ({
  img_in: [
    [width, 64],
    [width, 128],
    [width, 384],
  ],
  txt_in: [width, text],
  time_in_in_layer: [width, 256],
  time_in_out_layer: [width, width],
  final_layer_linear: [64, width],
  'final_layer_adaLN_modulation_#': [2 * width, width],
});

const vectorAndGuidance = (width: number): ModuleSizes => ({
  guidance_in_in_layer: [width, 256],
  guidance_in_out_layer: [width, width],
  vector_in_in_layer: [width, 768],
  vector_in_out_layer: [width, width],
});

/** Attention and MLPs of two streams, then of one, in the names of Black Forest Labs. */
const streams = (width: number): ModuleSizes => ({
  'double_blocks_#_{img,txt}_attn_qkv': [3 * width, width],
  'double_blocks_#_{img,txt}_attn_proj': [width, width],
  'double_blocks_#_{img,txt}_mlp_#': [
    [4 * width, width],
    [width, 4 * width],
  ],
  'single_blocks_#_linear1': [7 * width, width],
  'single_blocks_#_linear2': [width, 5 * width],
});

const modulation = (width: number): ModuleSizes => ({
  'double_blocks_#_{img,txt}_mod_lin': [6 * width, width],
  'single_blocks_#_modulation_lin': [3 * width, width],
});

const diffusersStreams = (width: number, gate = 1): ModuleSizes => ({
  'transformer_blocks_#_attn_{to_q,to_k,to_v,to_out_#,add_q_proj,add_k_proj,add_v_proj,to_add_out}': [width, width],
  'transformer_blocks_#_{ff,ff_context}_net_#_proj': [4 * gate * width, width],
  'transformer_blocks_#_{ff,ff_context}_net_#': [width, 4 * width],
  'single_transformer_blocks_#_attn_{to_q,to_k,to_v}': [width, width],
  'single_transformer_blocks_#_proj_mlp': [4 * gate * width, width],
  'single_transformer_blocks_#_proj_out': [width, 5 * width],
  proj_out: [64, width],
});

const diffusersModulation = (width: number): ModuleSizes => ({
  'transformer_blocks_#_{norm1,norm1_context}_linear': [6 * width, width],
  'single_transformer_blocks_#_norm_linear': [3 * width, width],
  norm_out_linear: [2 * width, width],
});

const diffusersEnds = (width: number, text: number): ModuleSizes => ({
  x_embedder: [
    [width, 64],
    [width, 128],
    [width, 384],
  ],
  context_embedder: [width, text],
});

const diffusersTime = (width: number): ModuleSizes => ({
  'time_text_embed_{timestep,guidance}_embedder_linear_#': [
    [width, 256],
    [width, width],
  ],
  'time_text_embed_text_embedder_linear_#': [
    [width, 768],
    [width, width],
  ],
});

const blocks = { double_blocks: 19, single_blocks: 38 };
const diffusersBlocks = { transformer_blocks: 19, single_transformer_blocks: 38 };
const guidance: ModuleSizes = {
  distilled_guidance_layer_in_proj: [5120, 64],
  'distilled_guidance_layer_layers_#_{in_layer,out_layer,linear_1,linear_2}': [5120, 5120],
  distilled_guidance_layer_out_proj: [3072, 5120],
};

/** FLUX.1 and what grew out of it. */
export const fluxArchitectures: readonly Architecture[] = [
  {
    family: 'flux1',
    names: 'native',
    blocks,
    modules: moduleTable(ends(3072, 4096), vectorAndGuidance(3072), streams(3072), modulation(3072)),
  },
  {
    family: 'flux1',
    names: 'diffusers',
    blocks: diffusersBlocks,
    modules: moduleTable(
      diffusersEnds(3072, 4096),
      diffusersTime(3072),
      diffusersStreams(3072),
      diffusersModulation(3072),
    ),
  },
  {
    family: 'chroma',
    baseModel: 'Chroma',
    names: 'native',
    blocks,
    modules: moduleTable(
      { img_in: [3072, 64], txt_in: [3072, 4096], final_layer_linear: [64, 3072] },
      streams(3072),
      guidance,
    ),
    kin: 'flux1',
  },
  {
    family: 'chroma',
    baseModel: 'Chroma',
    names: 'diffusers',
    blocks: diffusersBlocks,
    modules: moduleTable({ x_embedder: [3072, 64], context_embedder: [3072, 4096] }, diffusersStreams(3072), guidance),
    kin: 'flux1',
  },
  {
    family: 'longcat-image',
    names: 'native',
    blocks: { double_blocks: 10, single_blocks: 20 },
    modules: moduleTable(ends(3072, 3584), streams(3072), modulation(3072)),
    kin: 'flux1',
  },
  {
    family: 'longcat-image',
    names: 'diffusers',
    blocks: { transformer_blocks: 10, single_transformer_blocks: 20 },
    modules: moduleTable(
      diffusersEnds(3072, 3584),
      diffusersStreams(3072),
      diffusersModulation(3072),
      timeLayers('time_embed_timestep_embedder_linear_#', 3072),
    ),
    kin: 'flux1',
  },
  {
    family: 'ovis-image',
    names: 'diffusers',
    blocks: { transformer_blocks: 6, single_transformer_blocks: 27 },
    modules: moduleTable(diffusersEnds(3072, 2048), diffusersStreams(3072, 2), diffusersModulation(3072)),
    kin: 'flux1',
  },
  ...(
    [
      [null, 8, 28],
      ['fibo', 8, 38],
    ] as const
  ).map(([variant, double, single]): Architecture => ({
    family: 'bria',
    variant,
    names: 'diffusers',
    blocks: { transformer_blocks: double, single_transformer_blocks: single },
    modules: moduleTable(
      diffusersEnds(3072, 4096),
      diffusersStreams(3072),
      diffusersModulation(3072),
      timeLayers('time_embed_timestep_embedder_linear_#', 3072),
      { 'caption_projection_#_linear': [1536, 2048] },
    ),
    kin: 'flux1',
  })),
];
