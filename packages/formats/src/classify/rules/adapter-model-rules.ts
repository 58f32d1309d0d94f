import type { Condition, Refinement, Rule } from '../rule.ts';

const widths = [
  ['sd1', 768],
  ['sd2', 1024],
  ['sdxl', 2048],
] as const;

const kinds: readonly Refinement[] = [
  {
    when: [{ has: 'image_proj.perceiver_resampler.proj_in.weight' }],
    facts: { variant: 'face-id-plus' },
  },
  { when: [{ matches: /^ip_adapter\.#\.to_(?:q|k|v|out)_lora\./ }], facts: { variant: 'face-id' } },
  {
    when: [{ has: 'image_proj.proj.2.weight' }, { tensor: 'image_proj.proj.0.weight', axis: 1, is: 512 }],
    facts: { variant: 'face-id' },
    note: 'takes what describes a face',
  },
  { when: [{ has: 'image_proj.proj.2.weight' }, { lacks: 'image_proj.latents' }], facts: { variant: 'full-face' } },
  {
    when: [{ has: 'image_proj.latents' }, { tensor: 'image_proj.proj_in.weight', axis: 1, is: 512 }],
    facts: { variant: 'instantid' },
  },
  { when: [{ has: 'image_proj.latents' }], facts: { variant: 'plus' } },
];

const motion: Condition = { below: ['down_blocks.#.motion_modules.#.', 'up_blocks.#.motion_modules.#.'] };
const noUnet: Condition = { lacksMatch: /[._]lora[._]|resnets|^conv_in/ };

/** T2I-Adapters, IP-Adapters and other models that are set beside a diffusion model. */
export const adapterModelRules: readonly Rule[] = [
  {
    id: 'ip-adapter-kolors',
    when: [
      { tensor: 'ip_adapter.#.to_k_ip.weight', axis: 1, is: 2048 },
      { tensor: /^image_proj\.layers\.#\.#\.to_out\.weight$/, axis: 0, is: 2048 },
    ],
    facts: { type: 'ip-adapter', family: 'kolors', baseModel: 'Kolors' },
    refine: [kinds],
  },
  {
    // As wide as those for SDXL, which see through another CLIP.
    id: 'ip-adapter-kolors-face',
    when: [
      { tensor: 'ip_adapter.#.to_k_ip.weight', axis: 1, is: 2048 },
      { tensor: 'image_proj.perceiver_resampler.proj_in.weight', axis: 1, is: 1024 },
    ],
    facts: { type: 'ip-adapter', family: 'kolors', baseModel: 'Kolors' },
    refine: [kinds],
    note: 'sees through the smaller CLIP, as Kolors does',
    confidence: 0.7,
  },
  ...widths.map(([family, width]): Rule => ({
    id: `ip-adapter-${family}`,
    when: [{ below: 'image_proj.' }, { tensor: 'ip_adapter.#.to_k_ip.weight', axis: 1, is: width }],
    facts: { type: 'ip-adapter', family },
    refine: [kinds],
  })),
  {
    id: 'ip-adapter-flux1-xlabs',
    when: [{ below: 'double_blocks.#.processor.ip_adapter_double_stream_k_proj' }],
    facts: { type: 'ip-adapter', family: 'flux1', layout: 'xlabs' },
  },
  {
    id: 'ip-adapter-flux1',
    when: [{ below: 'image_proj.' }, { tensor: 'ip_adapter.#.to_k_ip.weight', axis: 0, is: 3072 }],
    facts: { type: 'ip-adapter', family: 'flux1' },
    note: 'InstantX writes it so',
  },
  {
    id: 'ip-adapter-sd3',
    when: [{ below: 'image_proj.' }, { below: ['ip_adapter.#.norm_ip', 'ip_adapter.#.to_k_ip.'] }],
    facts: { type: 'ip-adapter', family: null },
    refine: [[{ when: [{ tensor: 'ip_adapter.#.to_k_ip.weight', axis: 0, is: 2432 }], facts: { family: 'sd3' } }]],
  },
  {
    id: 'ip-adapter-flux1-xlabs-projection',
    when: [{ below: 'ip_adapter_proj_model.' }],
    facts: { type: 'ip-adapter', family: 'flux1', layout: 'xlabs' },
  },
  {
    id: 'pulid',
    when: [{ below: ['id_adapter.', 'pulid_encoder.'] }, { below: ['id_adapter_attn_layers.', 'pulid_ca.'] }],
    facts: { type: 'ip-adapter', family: null, variant: 'pulid' },
    refine: [
      [
        { when: [{ below: 'pulid_ca.' }], facts: { family: 'flux1' } },
        { when: [{ below: 'id_adapter_attn_layers.' }], facts: { family: 'sdxl' } },
      ],
    ],
  },
  {
    id: 'photomaker',
    when: [{ below: 'id_encoder.' }],
    facts: { type: 'photomaker', family: 'sdxl' },
    refine: [[{ when: [{ below: 'id_encoder.qformer_perceiver.' }], facts: { variant: 'v2' } }]],
  },
  {
    id: 'gligen',
    when: [{ below: 'position_net.' }, { matches: /\.fuser\.attn\./ }],
    facts: { type: 'gligen', family: 'sd1' },
  },
  {
    id: 't2i-adapter-diffusers',
    when: [{ has: 'adapter.body.#.resnets.#.block1.weight' }],
    facts: { type: 't2i-adapter', family: null, layout: 'diffusers' },
    refine: [
      [
        { when: [{ tensor: 'adapter.conv_in.weight', axis: 1, is: [768, 256] }], facts: { family: 'sdxl' } },
        {
          when: [{ tensor: ['adapter.conv_in.weight', 'adapter.body.0.in_conv.weight'], axis: 1, is: [192, 64] }],
          facts: { family: 'sd1' },
        },
      ],
    ],
  },
  {
    id: 't2i-adapter',
    when: [
      { has: ['body.#.in_conv.weight', 'body.#.block1.weight'] },
      { has: ['conv_in.weight', 'body.#.out_conv.weight'] },
      { matches: /^body\.#\.(?:body\.#\.)?block1\.weight$/ },
    ],
    facts: { type: 't2i-adapter', family: null, layout: 'ldm' },
    refine: [
      [
        { when: [{ tensor: 'conv_in.weight', axis: 1, is: [768, 256] }], facts: { family: 'sdxl' } },
        {
          when: [{ tensor: ['conv_in.weight', 'body.0.in_conv.weight'], axis: 1, is: [192, 64] }],
          facts: { family: 'sd1' },
        },
      ],
    ],
  },
  {
    id: 'style-adapter',
    when: [{ has: 'style_embedding' }, { has: ['proj'] }],
    facts: { type: 'style-model', family: 'sd1' },
  },
  {
    id: 'flux1-redux',
    when: [{ below: 'redux_down.' }, { below: 'redux_up.' }],
    facts: { type: 'style-model', family: 'flux1', variant: 'redux' },
  },
  {
    id: 'motion-module-sd1',
    when: [motion, noUnet, { highest: '(?:down|up)_blocks', atLeast: 3 }],
    facts: { type: 'motion-module', family: 'sd1' },
  },
  {
    id: 'motion-module-sdxl',
    when: [motion, noUnet, { highest: '(?:down|up)_blocks', atMost: 2 }],
    facts: { type: 'motion-module', family: 'sdxl' },
    note: 'as many blocks as SDXL has',
    confidence: 0.7,
  },
];
