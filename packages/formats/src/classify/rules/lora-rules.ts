import type { Refinement, Rule } from '../rule.ts';
import { loraEncoderRules, loraUnetRules } from './lora-unet-rules.ts';

/** Adapters whose modules alone tell the family, tried before the tables of layers. */
export const loraRules: readonly Rule[] = [
  ...loraUnetRules,
  {
    id: 'lora-chroma',
    when: [{ below: 'distilled_guidance_layer_' }],
    facts: { type: 'lora', family: 'chroma', baseModel: 'Chroma' },
  },
  {
    // Language models have layers of these names, and no cross attention in them.
    id: 'lora-ace-step-1.5',
    when: [
      { tensor: /^(?:decoder_)?layers_#_cross_attn_(?:q_proj|to_q)$/, axis: 1, is: 2048 },
      { tensor: /^(?:decoder_)?layers_#_cross_attn_(?:[kv]_proj|to_[kv])$/, axis: 0, is: 1024 },
      { highest: 'layers', atMost: 23 },
    ],
    facts: { type: 'lora', family: 'ace-step', baseModel: 'ACE Audio' },
    confidence: 0.85,
  },
  {
    // The streams of FLUX.1, a third as wide.
    id: 'lora-hunyuan3d',
    when: [
      { tensor: /^double_blocks_#_(?:img|txt)_attn_qkv$/, axis: 1, is: 1024 },
      { tensor: /^double_blocks_#_(?:img|txt)_attn_qkv$/, axis: 0, is: 3072 },
      { highest: 'double_blocks', atMost: 15 },
    ],
    facts: { type: 'lora', family: 'hunyuan3d', baseModel: 'Hunyuan3D' },
    confidence: 0.85,
  },
  {
    id: 'lora-flux1-xlabs',
    when: [{ matches: /^double_blocks_#_processor_(?:qkv|proj)$|^single_blocks_#_processor_(?:qkv|proj)$/ }],
    facts: { type: 'lora', family: 'flux1' },
  },
];

/** Tried after the tables of layers. The last rule takes every adapter that nothing else knows. */
export const lateLoraRules: readonly Rule[] = [
  {
    id: 'lora-flux2-diffusers',
    when: [{ matches: /_(?:attn_to_qkv_mlp_proj|ff_linear_in)$/ }],
    facts: { type: 'lora', family: 'flux2' },
    confidence: 0.7,
  },
  {
    id: 'lora-ltx2',
    when: [{ matches: /^transformer_blocks_#_audio_(?:attn1|attn2|to_video_attn)_/ }],
    facts: { type: 'lora', family: 'ltx2', baseModel: 'LTXV2' },
    confidence: 0.7,
  },
  {
    id: 'lora-anima',
    when: [{ below: 'llm_adapter_' }],
    facts: { type: 'lora', family: 'anima', baseModel: 'Anima' },
    confidence: 0.7,
  },
  {
    id: 'lora-krea2',
    when: [{ below: ['txtfusion_', 'text_fusion_'] }],
    facts: { type: 'lora', family: 'krea2', baseModel: 'Krea 2' },
    confidence: 0.7,
  },
  {
    id: 'lora-qwen-image',
    when: [{ matches: /^transformer_blocks_#_(?:img|txt)_(?:mlp|mod)_/ }, { matches: /^transformer_blocks_#_attn_/ }],
    facts: { type: 'lora', family: 'qwen-image', baseModel: 'Qwen' },
    confidence: 0.7,
  },
  {
    id: 'lora-mochi',
    when: [{ matches: /^blocks_#_(?:attn_(?:qkv|proj)_[xy]|mlp_[xy]_w\d|mod_[xy])$/ }],
    facts: { type: 'lora', family: 'mochi', baseModel: 'Mochi' },
    confidence: 0.7,
  },
  {
    id: 'lora-ace-step',
    when: [
      { matches: /^transformer_blocks_#_(?:cross_attn|attn)_to_/ },
      {
        matches:
          /^(?:lyric_encoder|genre_embedder|speaker_embedder|transformer_blocks_#_ff_(?:inverted_conv|point_conv|depth_conv)_conv)/,
      },
    ],
    facts: { type: 'lora', family: 'ace-step', baseModel: 'ACE Audio' },
    confidence: 0.7,
  },
  {
    id: 'lora-cosmos',
    when: [{ matches: /^blocks_block\d+_blocks_#_block_/ }],
    facts: { type: 'lora', family: 'cosmos' },
    confidence: 0.7,
  },
  {
    id: 'lora-kandinsky5',
    when: [{ matches: /^visual_transformer_blocks_#_(?:self|cross)_attention_/ }],
    facts: { type: 'lora', family: 'kandinsky5' },
    confidence: 0.7,
  },
  ...loraEncoderRules,
  { id: 'lora', when: [], facts: { type: 'lora', family: null }, confidence: 0.6 },
];

/** What else the modules of an adapter tell, once its family is known. */
export const loraDetails: Readonly<Record<string, readonly Refinement[]>> = {
  flux1: [
    { when: [{ tensor: /^(?:img_in|x_embedder)$/, axis: 1, is: 128 }], facts: { variant: 'control' } },
    { when: [{ tensor: /^(?:img_in|x_embedder)$/, axis: 1, is: 384 }], facts: { variant: 'fill' } },
  ],
  wan: [{ when: [{ matches: /^blocks_#_(?:cross_attn_k_img|attn2_add_k_proj)$/ }], facts: { variant: '2.1-i2v' } }],
};
