import type { Rule } from '../rule.ts';
import { loraOf } from './lora-facts.ts';

const unetBlock = '(input_blocks|middle_block|output_blocks|down_blocks|mid_block|up_blocks)';
const crossAttention = new RegExp(`^${unetBlock}.*attn2[._](to_|processor[._]to_)[kv]$`);

/** Adapters of the U-Nets of the Stable Diffusion line. */
export const loraUnetRules: readonly Rule[] = [
  ...(
    [
      ['sd1', 768],
      ['sd2', 1024],
      ['sdxl', 2048],
    ] as const
  ).map(([family, width]): Rule => ({
    id: `lora-${family}`,
    when: [{ tensor: crossAttention, axis: 1, is: width }],
    facts: loraOf(family),
  })),
  {
    id: 'lora-sdxl-refiner',
    when: [{ tensor: crossAttention, axis: 1, is: 1280 }],
    facts: { type: 'lora', family: 'sdxl', variant: 'refiner' },
  },
  {
    id: 'lora-sdxl-depth',
    when: [{ matches: new RegExp(`^${unetBlock}.*transformer_blocks[._]([2-9])[._]`) }],
    facts: loraOf('sdxl'),
  },
  { id: 'lora-unet', when: [{ matches: new RegExp(`^${unetBlock}[._]`) }], facts: loraOf(null), confidence: 0.7 },
];

/** Adapters that change text encoders only. */
export const loraEncoderRules: readonly Rule[] = [
  {
    id: 'lora-encoders-sdxl',
    when: [{ matches: /^te1[._]/ }, { tensor: /^te2[._].*(k_proj|q_proj)$/, axis: 1, is: 1280 }],
    facts: loraOf('sdxl'),
  },
  {
    id: 'lora-encoder-sd1',
    when: [{ tensor: /^te[._].*(k_proj|q_proj)$/, axis: 1, is: 768 }],
    facts: loraOf('sd1'),
    confidence: 0.8,
  },
  {
    id: 'lora-encoder-sd2',
    when: [{ tensor: /^te[._].*(k_proj|q_proj)$/, axis: 1, is: 1024 }],
    facts: loraOf('sd2'),
    confidence: 0.8,
  },
];
