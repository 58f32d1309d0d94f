import { moduleTable, type Architecture } from './architecture.ts';

/** Hunyuan3D 2.1. The streams of 2.0 are those of FLUX.1, and a rule tells them by their width. */
export const hunyuan3dArchitectures: readonly Architecture[] = [
  {
    family: 'hunyuan3d',
    variant: '2.1',
    baseModel: 'Hunyuan3D',
    names: 'native',
    blocks: { blocks: 21 },
    modules: moduleTable({
      'blocks_#_{attn1,attn2}_{to_q,out_proj}': [2048, 2048],
      'blocks_#_attn1_{to_k,to_v}': [2048, 2048],
      'blocks_#_attn2_{to_k,to_v}': [2048, 1024],
      'blocks_#_mlp_fc1': [8192, 2048],
      'blocks_#_mlp_fc2': [2048, 8192],
      'blocks_#_skip_linear': [2048, 4096],
      x_embedder: [2048, 64],
      final_layer_linear: [64, 2048],
    }),
  },
];
