import { moduleTable, type Architecture, type ModuleSizes } from './architecture.ts';
import { timeLayers, twoLayers } from './ends.ts';

const lyrics: ModuleSizes = {
  'lyric_encoder_encoders_#_self_attn_linear_{q,k,v,out,pos}': [1024, 1024],
  'lyric_encoder_encoders_#_feed_forward_w_#': [
    [4096, 1024],
    [1024, 4096],
  ],
  'lyric_encoder_embed_out_#': [1024, 1024],
  lyric_embs: [6693, 1024],
  lyric_proj: [2560, 1024],
};

/** Models of sound and music. */
export const audioArchitectures: readonly Architecture[] = [
  {
    family: 'stable-audio',
    names: 'native',
    blocks: { layers: 24, transformer_layers: 24 },
    modules: moduleTable({
      '{layers,transformer_layers}_#_self_attn_to_qkv': [4608, 1536],
      '{layers,transformer_layers}_#_{self_attn,cross_attn}_to_out': [1536, 1536],
      '{layers,transformer_layers}_#_cross_attn_to_q': [1536, 1536],
      '{layers,transformer_layers}_#_cross_attn_to_kv': [1536, 768],
      '{layers,transformer_layers}_#_ff_ff_#_proj': [12_288, 1536],
      '{layers,transformer_layers}_#_ff_ff_#': [1536, 6144],
      '{project_in,transformer_project_in}': [1536, 64],
      '{project_out,transformer_project_out}': [64, 1536],
      ...timeLayers('to_timestep_embed_#', 1536),
      'to_cond_embed_#': [768, 768],
      'to_global_embed_#': [1536, 1536],
    }),
  },
  {
    family: 'stable-audio',
    names: 'diffusers',
    blocks: { transformer_blocks: 24 },
    modules: moduleTable({
      'transformer_blocks_#_{attn1,attn2}_{to_q,to_out_#}': [1536, 1536],
      'transformer_blocks_#_attn1_{to_k,to_v}': [1536, 1536],
      'transformer_blocks_#_attn2_{to_k,to_v}': [768, 768],
      'transformer_blocks_#_ff_net_#_proj': [12_288, 1536],
      'transformer_blocks_#_ff_net_#': [1536, 6144],
      ...timeLayers('timestep_proj_#', 1536),
      'global_proj_#': [1536, 1536],
      'cross_attention_proj_#': [768, 768],
      proj_in: [1536, 64],
      proj_out: [64, 1536],
    }),
  },
  {
    family: 'ace-step',
    baseModel: 'ACE Audio',
    names: 'native',
    blocks: { transformer_blocks: 24 },
    modules: moduleTable(lyrics, {
      'transformer_blocks_#_{attn,cross_attn}_{to_q,to_k,to_v,to_out_#}': [2560, 2560],
      'transformer_blocks_#_cross_attn_{add_q_proj,add_k_proj,add_v_proj,to_add_out}': [2560, 2560],
      'transformer_blocks_#_ff_inverted_conv_conv': [12_800, 2560],
      'transformer_blocks_#_ff_point_conv_conv': [2560, 6400],
      ...timeLayers('timestep_embedder_linear_#', 2560),
      't_block_#': [15_360, 2560],
      ...twoLayers('{genre_embedder,speaker_embedder}', 2560, 768),
      'projectors_#_#': [
        [5120, 2560],
        [5120, 5120],
        [1024, 5120],
        [768, 5120],
      ],
    }),
  },
];
