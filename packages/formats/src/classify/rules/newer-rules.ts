import type { Rule } from '../rule.ts';

function diffusion(id: string, when: Rule['when'], family: string = id): Rule {
  return { id, when, facts: { type: 'diffusion-model', family, layout: 'diffusers' } };
}

/** Models that so far come in the names of diffusers only, some of them with the layers of a better-known one. */
export const newerRules: readonly Rule[] = [
  diffusion('latte', [
    { below: 'temporal_transformer_blocks.#.attn1.' },
    { has: 'adaln_single.emb.timestep_embedder.linear_1.bias' },
    { below: 'transformer_blocks.#.attn2.' },
  ]),
  diffusion('helios', [
    { below: 'patch_short.' },
    { below: 'patch_long.' },
    { has: 'condition_embedder.text_embedder.linear_1.weight' },
    { below: 'blocks.#.attn1.to_q.' },
  ]),
  diffusion('nucleus-image', [
    { below: 'transformer_blocks.#.encoder_proj.' },
    { has: 'time_text_embed.norm.weight' },
    { has: 'img_in.weight' },
  ]),
  diffusion('glm-image', [
    { has: 'prior_token_embedding.weight' },
    { below: 'glyph_projector.' },
    { below: 'transformer_blocks.#.attn1.to_q.' },
  ]),
  diffusion('easyanimate', [
    { below: 'transformer_blocks.#.txt_ff.net.#.' },
    { below: 'transformer_blocks.#.attn1.add_k_proj.' },
    { has: 'text_proj.weight' },
  ]),
  diffusion('motif-video', [
    { has: 'context_embedder.linear_1.weight' },
    { tensor: 'x_embedder.proj.weight', rank: 5 },
    { below: 'single_transformer_blocks.#.proj_mlp.' },
  ]),
  diffusion('prx', [{ below: 'blocks.#.attention.img_qkv_proj.' }, { below: 'blocks.#.attention.txt_kv_proj.' }]),
  diffusion('dit', [
    { has: 'transformer_blocks.#.norm1.emb.class_embedder.embedding_table.weight' },
    { has: 'proj_out_2.weight' },
  ]),
];
