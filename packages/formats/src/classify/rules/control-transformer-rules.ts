import type { Rule } from '../rule.ts';

const outputs = [
  'controlnet_blocks.#.weight',
  'controlnet_blocks.#.linear.weight',
  'controlnet_blocks.#.input_proj.weight',
];
const noTransformer = { nothingBelow: ['final_layer.', 'proj_out.'] } as const;

function controlnet(
  id: string,
  family: string | null,
  when: Rule['when'],
  more: Partial<Omit<Rule, 'facts'>> & { readonly facts?: Partial<Rule['facts']> } = {},
): Rule {
  return { ...more, id, when, facts: { type: 'controlnet', family, layout: 'diffusers', ...more.facts } };
}

/** What steers a transformer from beside it. */
export const controlTransformerRules: readonly Rule[] = [
  controlnet('controlnet-qwen-image', 'qwen-image', [
    { has: outputs },
    { below: 'transformer_blocks.#.img_mlp.net.#.proj.' },
  ]),
  controlnet(
    'controlnet-qwen-image-blocks',
    'qwen-image',
    [{ has: 'controlnet_blocks.#.input_proj.weight' }, { has: ['controlnet_blocks.#.x_rms.weight', 'img_in.weight'] }],
    { facts: { variant: 'blockwise', layout: 'single-file' } },
  ),
  controlnet('controlnet-sd3-large', 'sd3', [
    { has: outputs },
    { has: ['transformer_blocks.#.adaLN_modulation.#.bias', 'transformer_blocks.#.adaLN_modulation.#.weight'] },
  ]),
  controlnet('controlnet-sd3', 'sd3', [{ has: outputs }, { below: 'pos_embed_input.proj.' }]),
  controlnet('controlnet-hunyuan-dit', 'hunyuan-dit', [
    { below: ['controlnet_blocks.', 'after_proj_list.'] },
    { below: ['time_extra_emb.', 'mlp_t5.'] },
  ]),
  controlnet('controlnet-sana', 'sana', [{ has: outputs }, { below: 'transformer_blocks.#.ff.conv_inverted.' }]),
  controlnet(
    'controlnet-flux1-mistoline',
    'flux1',
    [{ has: 'controlnet_blocks.#.linear.weight' }, { below: 'double_blocks.#.img_attn.' }],
    { facts: { variant: 'mistoline', layout: 'bfl' } },
  ),
  controlnet(
    'controlnet-flux1-xlabs',
    'flux1',
    [{ has: outputs }, { below: 'double_blocks.#.img_attn.qkv.' }, { tensor: 'txt_in.weight', axis: 1, is: 4096 }],
    { facts: { layout: 'xlabs' } },
  ),
  controlnet(
    'controlnet-flux1',
    'flux1',
    [
      { below: 'controlnet_x_embedder.' },
      { below: ['transformer_blocks.#.attn.add_k_proj.', 'single_transformer_blocks.#.proj_mlp.'] },
      { tensor: 'context_embedder.weight', axis: 1, is: 4096 },
    ],
    { refine: [[{ when: [{ below: 'controlnet_mode_embedder.' }], facts: { variant: 'union' } }]] },
  ),
  controlnet(
    'controlnet-flux2',
    'flux2',
    [
      { below: ['control_img_in.', 'control_transformer_blocks.#.'] },
      { below: ['control_transformer_blocks.#.attn.add_k_proj.'] },
    ],
    { facts: { layout: 'single-file' } },
  ),
  controlnet(
    'controlnet-z-image',
    'z-image',
    [
      { below: 'control_layers.#.' },
      { below: ['control_all_x_embedder.', 'control_noise_refiner.', 'control_x_embedder.'] },
      { nothingBelow: 'layers.#.' },
    ],
    {
      facts: { layout: 'single-file' },
      refine: [[{ when: [{ below: 'control_layers.#.attention.to_q.' }], facts: { layout: 'diffusers' } }]],
    },
  ),
  controlnet('controlnet-cosmos', 'cosmos-predict2', [
    { below: 'controlnet_blocks.' },
    { below: 'patch_embed.' },
    { matches: /^controlnet_blocks\.#\.(?:attn1|norm1)\./ },
  ]),
  controlnet('controlnet-wan', 'wan', [
    { below: 'controlnet_blocks.#.' },
    { has: 'control_encoder.#.#.weight' },
    { below: 'blocks.#.' },
  ]),
  controlnet('controlnet-cogvideox', 'cogvideox', [
    { below: 'out_projectors.#.' },
    { below: 'patch_embed.text_proj.' },
  ]),
  controlnet('controlnet', null, [{ has: [...outputs, 'controlnet_x_embedder.weight'] }, noTransformer], {
    facts: { layout: null },
    confidence: 0.8,
  }),
];
