import type { Condition, Rule } from '../rule.ts';

/*
 * These rules see the modules that an adapter changes, not its own tensors: without prefix and suffix, `_` between the
 * words, shapes [outputs, inputs] of the module, 0 where the adapter does not tell.
 */
const block = '(?:input_blocks|middle_block|output_blocks|down_blocks|mid_block|up_blocks)';
const crossAttention = new RegExp(`^${block}_.*attn2_(?:to_|processor_to_)[kv]$`);
const unet: Condition = { matches: new RegExp(`^${block}_`) };
const lora = (family: string | null, variant: string | null = null): Rule['facts'] => ({
  type: 'lora',
  family,
  variant,
});
const textOf = (prefix: string): RegExp => new RegExp(`^${prefix}_text_model_.*(?:k_proj|q_proj|v_proj|attn_in_proj)$`);

/** An adapter that changes neither text encoders nor the layers that take size and text fits both. */
const kolors = 'Kolors has the same layers';

/** Adapters of the U-Nets of the Stable Diffusion line. */
export const loraUnetRules: readonly Rule[] = [
  {
    id: 'lora-motion',
    when: [{ matches: new RegExp(`^${block}_.*motion_modules_#_`) }, { highest: '(?:down|up)_blocks', atLeast: 3 }],
    facts: lora('sd1', 'motion'),
  },
  {
    id: 'lora-motion-of-few-blocks',
    when: [{ matches: new RegExp(`^${block}_.*motion_modules_#_`) }],
    facts: lora(null, 'motion'),
    note: 'motion modules of SD 1 and SDXL have these layers',
    confidence: 0.7,
  },
  {
    id: 'lora-svd',
    when: [unet, { matches: /_(?:time_stack|time_mixer|temporal_transformer_blocks|temporal_res_block)_/ }],
    facts: lora('svd'),
  },
  {
    id: 'lora-video-unet',
    when: [unet, { matches: /_temp_(?:attentions|convs)_/ }],
    facts: lora(null),
    note: 'for a U-Net of video that has the text encoder of SD 2: ModelScope, ZeroScope or I2VGen',
    confidence: 0.7,
  },
  {
    id: 'lora-stable-cascade',
    when: [
      {
        matches:
          /^(?:down_blocks|up_blocks)_#_#_(?:channelwise_#|attention_attn_(?:in_proj|to_[qkv]|out_proj)|kv_mapper_#|mapper)$/,
      },
    ],
    facts: { ...lora('stable-cascade'), baseModel: 'Stable Cascade' },
  },
  {
    // The U-Nets of images begin with 320 channels.
    id: 'lora-audioldm',
    when: [unet, { tensor: new RegExp(`^${block}_.*attn[12]_to_q$`), axis: 0, is: [128, 384] }],
    facts: lora('audioldm'),
    note: 'as narrow as U-Nets of sound are',
    confidence: 0.7,
  },
  ...(
    [
      ['sd1', 768],
      ['sd2', 1024],
    ] as const
  ).map(([family, width]): Rule => ({
    id: `lora-${family}`,
    when: [unet, { tensor: crossAttention, axis: 1, is: width }],
    facts: lora(family),
  })),
  {
    id: 'lora-kolors',
    when: [unet, { tensor: /^(?:label_emb_#_#|add_embedding_linear_#)$/, axis: 1, is: 5632 }],
    facts: { ...lora('kolors'), baseModel: 'Kolors' },
  },
  {
    id: 'lora-kolors-text',
    when: [
      unet,
      { tensor: /^encoder_hid_proj$/, axis: 0, is: 2048 },
      { tensor: /^encoder_hid_proj$/, axis: 1, is: 4096 },
    ],
    facts: { ...lora('kolors'), baseModel: 'Kolors' },
  },
  {
    id: 'lora-sdxl-vector',
    when: [{ tensor: /^(?:label_emb_#_#|add_embedding_linear_#)$/, axis: 1, is: 2816 }],
    facts: lora('sdxl'),
  },
  {
    id: 'lora-sdxl-text',
    when: [unet, { matches: /^te1_/ }, { matches: /^te2_/ }],
    facts: lora('sdxl'),
    confidence: 0.9,
  },
  {
    id: 'lora-sdxl',
    when: [unet, { tensor: crossAttention, axis: 1, is: 2048 }],
    facts: lora('sdxl'),
    note: kolors,
    confidence: 0.7,
  },
  {
    id: 'lora-sdxl-refiner',
    when: [unet, { tensor: crossAttention, axis: 1, is: 1280 }, { tensor: /attn1_to_q$/, axis: 1, is: [768, 1536] }],
    facts: lora('sdxl', 'refiner'),
  },
  {
    id: 'lora-sdxl-refiner-cross',
    when: [unet, { tensor: crossAttention, axis: 1, is: 1280 }],
    facts: lora('sdxl', 'refiner'),
    note: 'as wide as the refiner’s text, and nothing else of it',
    confidence: 0.7,
  },
  {
    id: 'lora-sdxl-depth',
    when: [unet, { highest: 'transformer_blocks', atLeast: 1 }, { lacksMatch: /time_stack/ }],
    facts: lora('sdxl'),
    note: `U-Nets of SD 1 and SD 2 have one transformer block in each place; ${kolors}`,
    confidence: 0.7,
  },
  {
    id: 'lora-sd2-text',
    when: [unet, { tensor: textOf('te'), axis: 1, is: 1024 }],
    facts: lora('sd2'),
    confidence: 0.9,
  },
  {
    id: 'lora-sd1-text',
    when: [unet, { tensor: textOf('te'), axis: 1, is: 768 }],
    facts: lora('sd1'),
    confidence: 0.9,
  },
  {
    id: 'lora-sd1-convolution',
    when: [unet, { tensor: /attentions_#_proj_in$/, axis: 2, is: 1 }],
    facts: lora('sd1'),
    note: 'SD 2 and SDXL have linear layers there',
    confidence: 0.85,
  },
  {
    id: 'lora-unet',
    when: [unet],
    facts: lora(null),
    note: 'the tensors do not tell which U-Net they are for',
    confidence: 0.7,
  },
];

/** Adapters that change text encoders only, and those of language models. */
export const loraEncoderRules: readonly Rule[] = [
  {
    id: 'lora-encoders-sdxl',
    when: [{ matches: /^te1_/ }, { tensor: textOf('te2'), axis: 1, is: 1280 }],
    facts: lora('sdxl'),
    confidence: 0.85,
  },
  {
    id: 'lora-encoder-sd1',
    when: [{ tensor: textOf('te'), axis: 1, is: 768 }],
    facts: lora('sd1'),
    confidence: 0.8,
  },
  {
    id: 'lora-encoder-sd2',
    when: [{ tensor: textOf('te'), axis: 1, is: 1024 }],
    facts: lora('sd2'),
    confidence: 0.8,
  },
  {
    id: 'lora-encoder',
    when: [{ matches: /^te[123]?_/ }],
    facts: lora(null),
    note: 'for a text encoder that several families share',
    confidence: 0.7,
  },
  {
    id: 'lora-language-model',
    when: [
      {
        matches:
          /^(?:language_model_|decoder_)?(?:layers|h|transformer_h|blocks)_#_(?:self_attn_(?:[qkvo]_proj|qkv_proj|o_proj|W_pack)|mlp_(?:gate|up|down)_proj|attn_c_attn|self_attention_query_key_value)$/,
      },
      { lacksMatch: /cross_attn|adaln/ },
    ],
    facts: lora(null),
    note: 'for a language model',
    confidence: 0.7,
  },
];
