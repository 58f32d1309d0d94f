import type { Refinement, Rule } from '../rule.ts';
import { wholeOrShard } from './shard-note.ts';

const sd3Size = (name: string): readonly Refinement[] => [
  {
    when: [{ below: ['joint_blocks.#.x_block.attn2.', 'transformer_blocks.#.attn2.to_q.'] }],
    facts: { variant: '3.5-medium', baseModel: 'SD 3.5 Medium' },
  },
  {
    when: [{ tensor: name, axis: 0, is: 2432 }],
    facts: { variant: '3.5-large' },
    note: 'SD 3.5 Large and Large Turbo have the same tensors',
  },
  { when: [{ tensor: name, axis: 0, is: 1536 }], facts: { variant: 'medium', baseModel: 'SD 3' } },
];
const qwenFacts = { type: 'diffusion-model', family: 'qwen-image', baseModel: 'Qwen' } as const;
const refiner = ['context_refiner.#.attention.k_norm.weight', 'context_refiner.#.attention.norm_k.weight'];

/** Image models: Stable Diffusion 3, Qwen-Image, Z-Image, Lumina, Krea 2, HiDream and others. */
export const imageRules: readonly Rule[] = [
  {
    id: 'sd3',
    when: [{ below: 'joint_blocks.#.context_block.attn.qkv.' }, { has: 'x_embedder.proj.weight' }],
    facts: { type: 'diffusion-model', family: 'sd3', layout: 'ldm' },
    refine: [sd3Size('joint_blocks.#.context_block.attn.proj.bias')],
  },
  {
    id: 'sd3-diffusers',
    when: [
      { below: 'transformer_blocks.#.attn.add_k_proj.' },
      { below: 'transformer_blocks.#.norm1_context.linear.' },
      { has: 'pos_embed.proj.weight' },
      { nothingBelow: ['single_transformer_blocks.', 'controlnet_blocks.', 'pos_embed_input.'] },
    ],
    facts: { type: 'diffusion-model', family: 'sd3', layout: 'diffusers' },
    refine: [sd3Size('pos_embed.proj.weight'), wholeOrShard],
  },
  {
    id: 'mage-flow',
    when: [{ tensor: 'txt_norm.weight', axis: 0, is: 2560 }, { has: 'img_in.weight' }],
    facts: { type: 'diffusion-model', family: 'mage-flow', baseModel: 'MageFlow', layout: 'diffusers' },
  },
  {
    id: 'lens',
    when: [{ below: 'transformer_blocks.#.attn.norm_added_q.' }, { below: 'transformer_blocks.#.img_mlp.w1.' }],
    facts: { type: 'diffusion-model', family: 'lens', baseModel: 'Lens', layout: 'diffusers' },
  },
  {
    id: 'qwen-image',
    when: [
      { tensor: 'txt_norm.weight', axis: 0, is: 3584 },
      { below: 'img_in.' },
      { below: ['transformer_blocks.#.attn.add_k_proj.', 'transformer_blocks.#.attn.add_qkv_proj.'] },
      { below: ['transformer_blocks.#.img_mlp.net.#.proj.', 'transformer_blocks.#.img_mlp.'] },
      { nothingBelow: ['controlnet_blocks.', 'controlnet_x_embedder.', 'transformer_blocks.#.encoder_proj.'] },
    ],
    facts: { ...qwenFacts, layout: 'diffusers' },
    refine: [
      [
        { when: [{ has: ['__index_timestep_zero__', '/__index_timestep_zero__'] }], facts: { variant: 'edit-2511' } },
        { when: [{ below: 'time_text_embed.addition_t_embedding.' }], facts: { variant: 'layered' } },
      ],
      wholeOrShard,
    ],
    note: 'the editing and the generating models have the same tensors',
  },
  {
    id: 'zeta-chroma',
    when: [{ below: 'dec_net.input_embedder.' }, { has: refiner }],
    facts: { type: 'diffusion-model', family: 'zeta-chroma', layout: 'single-file' },
  },
  {
    id: 'z-image',
    when: [
      { tensor: ['cap_embedder.1.weight', 'cap_embedder.0.weight', 'cap_pad_token'], axis: 0, is: [3840, 2560, 1] },
      { has: refiner },
      { has: 'layers.#.adaLN_modulation.0.bias' },
    ],
    facts: { type: 'diffusion-model', family: 'z-image', layout: 'single-file' },
    refine: [[{ when: [{ below: 'layers.#.attention.to_q.' }], facts: { layout: 'diffusers' } }]],
    note: 'Turbo and Base have the same tensors',
  },
  {
    id: 'lumina2',
    when: [{ tensor: 'cap_embedder.1.weight', axis: 0, is: 2304 }, { below: 'context_refiner.#.attention.qkv.' }],
    facts: { type: 'diffusion-model', family: 'lumina2', baseModel: 'Lumina', layout: 'single-file' },
  },
  {
    id: 'lumina2-diffusers',
    when: [
      { tensor: 'time_caption_embed.caption_embedder.1.weight', axis: 0, is: 2304 },
      { below: 'context_refiner.#.attn.to_q.' },
      { nothingBelow: ['ref_image_patch_embedder.', 'ref_image_refiner.'] },
    ],
    facts: { type: 'diffusion-model', family: 'lumina2', baseModel: 'Lumina', layout: 'diffusers' },
  },
  {
    id: 'boogu',
    when: [{ below: 'double_stream_layers.#.img_instruct_attn.processor.' }],
    facts: { type: 'diffusion-model', family: 'boogu', baseModel: 'Boogu', layout: 'diffusers' },
  },
  {
    id: 'omnigen2',
    when: [
      { below: 'time_caption_embed.timestep_embedder.' },
      { below: ['ref_image_patch_embedder.', 'ref_image_refiner.'] },
      { below: 'context_refiner.#.attn.' },
    ],
    facts: { type: 'diffusion-model', family: 'omnigen2', layout: 'diffusers' },
  },
  {
    id: 'krea2',
    when: [{ below: 'txtfusion.' }, { below: ['blocks.#.attn.gate.', 'blocks.#.attn.wq.'] }],
    facts: { type: 'diffusion-model', family: 'krea2', baseModel: 'Krea 2', layout: 'single-file' },
    note: 'Raw and Turbo have the same tensors',
  },
  {
    id: 'krea2-diffusers',
    when: [{ below: 'text_fusion.' }, { below: 'transformer_blocks.#.attn.to_gate.' }],
    facts: { type: 'diffusion-model', family: 'krea2', baseModel: 'Krea 2', layout: 'diffusers' },
    note: 'Raw and Turbo have the same tensors',
  },
  {
    id: 'ideogram4',
    when: [{ has: 'embed_image_indicator.weight' }, { below: 'llm_cond_proj.' }, { below: 'layers.#.attention.' }],
    facts: { type: 'diffusion-model', family: 'ideogram4', baseModel: 'Ideogram 4.0', layout: 'single-file' },
    refine: [[{ when: [{ below: 'layers.#.attention.to_q.' }], facts: { layout: 'diffusers' } }]],
  },
  {
    id: 'ernie-image',
    when: [
      { below: 'layers.#.mlp.linear_fc2.' },
      { has: ['layers.#.adaLN_sa_ln.weight', 'layers.#.self_attention.norm_q.weight'] },
      { has: 'x_embedder.proj.weight' },
    ],
    facts: { type: 'diffusion-model', family: 'ernie-image', baseModel: 'Ernie', layout: 'single-file' },
  },
  {
    id: 'hidream',
    when: [{ below: 'caption_projection.#.linear.' }, { below: 'double_stream_blocks.#.block.' }],
    facts: { type: 'diffusion-model', family: 'hidream', baseModel: 'HiDream', layout: 'single-file' },
  },
  {
    id: 'hidream-o1',
    when: [{ has: ['t_embedder1.mlp.0.weight'] }, { below: ['final_layer2.', 'language_model.layers.#.'] }],
    facts: { type: 'diffusion-model', family: 'hidream-o1', baseModel: 'HiDream-O1', layout: 'single-file' },
  },
];
