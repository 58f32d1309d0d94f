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
  {
    id: 'minimax-h3-diffusers',
    when: [
      { below: 'transformer_blocks.#.adaln_proj.linear.' },
      { below: 'token_refiner.refiner_blocks.#.attn.' },
      { has: 'audio_proj_in.weight' },
    ],
    facts: { type: 'diffusion-model', family: 'minimax-h3', baseModel: 'MiniMax H3', layout: 'diffusers' },
  },
  diffusion('joyimage', [
    { below: 'double_blocks.#.attn.img_attn_qkv.' },
    { below: 'double_blocks.#.attn.txt_attn_qkv.' },
    { has: 'double_blocks.#.img_mod.modulate_table' },
  ]),
  diffusion('cosmos3', [
    { below: 'layers.#.mlp_moe_gen.gate_proj.' },
    { below: 'layers.#.self_attn.add_q_proj.' },
    { has: 'time_embedder.linear_1.weight' },
  ]),
  diffusion('longcat-audio', [
    { below: 'text_conv_layer.#.dwconv.' },
    { below: 'blocks.#.adaln_scale_shift' },
    { below: 'latent_embed.proj.#.' },
  ]),
  diffusion('stable-audio-3', [
    { has: 'memory_tokens' },
    { has: 'transformer_blocks.#.to_scale_shift_gate' },
    { below: 'transformer_blocks.#.self_attn.to_qkv.' },
  ]),
  diffusion('unclip-prior', [
    { has: 'prd_embedding' },
    { has: 'proj_to_clip_embeddings.weight' },
    { below: 'transformer_blocks.#.attn1.to_q.' },
  ]),
  diffusion('i2vgen-xl', [
    { below: 'image_latents_temporal_encoder.' },
    { below: 'down_blocks.#.temp_convs.#.' },
    { below: 'fps_embedding.#.' },
  ]),
  diffusion('modelscope-video', [
    { below: 'transformer_in.' },
    { below: 'up_blocks.#.temp_attentions.#.' },
    { tensor: /^down_blocks\.#\.attentions\.#\.transformer_blocks\.#\.attn2\.to_k\.weight$/, axis: 1, is: 1024 },
  ]),
  diffusion('amused', [
    { below: 'mlm_layer.' },
    { below: 'transformer_layers.#.attn2.' },
    { has: 'cond_embed.linear_1.weight' },
  ]),
  diffusion('dit', [
    { has: 'transformer_blocks.#.norm1.emb.class_embedder.embedding_table.weight' },
    { has: 'proj_out_2.weight' },
  ]),
];
