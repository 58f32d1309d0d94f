import type { Refinement, Rule } from '../rule.ts';
import { wholeOrShard } from './shard-note.ts';

const patch = 'patch_embedding.weight';

/** Wan's sizes and tasks; the first that holds. `inner` is the width, `inputs` the channels that go in. */
function tasks(): readonly Refinement[] {
  const size = (inner: number, inputs: number): Refinement['when'] => [
    { tensor: patch, axis: 0, is: inner },
    { tensor: patch, axis: 1, is: inputs },
  ];
  return [
    { when: [{ below: ['vace_patch_embedding.', 'vace_blocks.'] }], facts: { variant: 'vace' } },
    { when: [{ below: 'casual_audio_encoder.' }], facts: { variant: 's2v' } },
    { when: [{ below: ['face_adapter.', 'face_encoder.'] }], facts: { variant: 'animate' } },
    { when: [{ below: 'audio_proj.' }], facts: { variant: 'humo' } },
    { when: [{ below: 'control_adapter.' }], facts: { variant: 'camera' } },
    {
      when: [
        { tensor: patch, axis: 0, is: [1536, 5120] },
        { tensor: patch, axis: 1, is: [48, 52] },
      ],
      facts: { variant: 'fun-control' },
      note: 'control videos go in beside the latents',
    },
    { when: size(3072, 148), facts: { variant: 'fun-control' }, note: 'control videos go in beside the latents' },
    { when: size(3072, 100), facts: { variant: 'fun-inpaint' } },
    {
      when: [{ has: ['img_emb.emb_pos', 'condition_embedder.image_embedder.pos_embed'] }],
      facts: { variant: 'flf2v' },
    },
    { when: [{ below: 'ref_conv.' }], facts: { variant: 'fun-control' } },
    {
      when: [{ below: ['img_emb.', 'condition_embedder.image_embedder.'] }],
      facts: { variant: '2.1-i2v' },
      note: 'Fun InP and ChronoEdit have the same tensors',
    },
    { when: size(1536, 16), facts: { variant: '2.1-t2v-1.3b', baseModel: 'Wan Video 1.3B t2v' } },
    { when: size(3072, 48), facts: { variant: '2.2-ti2v-5b', baseModel: 'Wan Video 2.2 TI2V-5B' } },
    {
      when: size(5120, 36),
      facts: { variant: '2.2-i2v-a14b', baseModel: 'Wan Video 2.2 I2V-A14B' },
      note: 'Fun InP A14B has the same tensors',
    },
    {
      when: size(5120, 16),
      facts: { variant: 't2v-14b' },
      note: 'Wan 2.1 14B and the experts of Wan 2.2 A14B have the same tensors',
    },
  ];
}

/** Wan 2.1 and 2.2. High- and low-noise experts differ in nothing but their values. */
export const wanRules: readonly Rule[] = [
  {
    id: 'wan-vace-module',
    when: [{ has: 'vace_patch_embedding.weight' }, { below: 'vace_blocks.' }, { nothingBelow: 'blocks.' }],
    facts: { type: 'controlnet', family: 'wan', variant: 'vace', layout: 'single-file' },
  },
  {
    id: 'wan',
    when: [
      { has: 'head.modulation' },
      { has: 'text_embedding.0.weight' },
      { below: 'blocks.#.self_attn.q.' },
      { has: patch },
    ],
    facts: { type: 'diffusion-model', family: 'wan', layout: 'single-file' },
    refine: [tasks()],
  },
  {
    id: 'wan-animate-2',
    when: [
      { has: 'head.modulation' },
      { has: 'text_embedding.0.weight' },
      { below: 'blocks.#.self_attn.to_q.' },
      { below: 'blocks.#.cross_attn.add_k_proj.' },
      { has: patch },
    ],
    facts: { type: 'diffusion-model', family: 'wan', variant: 'animate-2', layout: 'diffusers' },
  },
  {
    id: 'wan-diffusers',
    when: [
      { has: 'condition_embedder.text_embedder.linear_1.weight' },
      { below: ['blocks.#.attn1.to_q.', 'blocks.#.attn1.to_qkv.'] },
      { has: patch },
      { nothingBelow: 'patch_short.' },
    ],
    facts: { type: 'diffusion-model', family: 'wan', layout: 'diffusers' },
    refine: [tasks(), wholeOrShard],
  },
];
