import type { MutableShapes, TensorShapes } from '../shapes.ts';

/** The dimensions of a Llama-style language model. */
export interface LlamaDimensions {
  readonly width: number;
  readonly feedForward: number;
  readonly blocks: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly vocabulary: number;
}

/** A Llama-style language model in the names of transformers. */
export function llamaShapes({
  width,
  feedForward,
  blocks,
  heads,
  keyValueHeads,
  vocabulary,
}: LlamaDimensions): TensorShapes {
  const keyWidth = (width / heads) * keyValueHeads;
  const shapes: MutableShapes = { 'model.embed_tokens.weight': [vocabulary, width] };
  for (let block = 0; block < blocks; block += 1) {
    const name = `model.layers.${block}`;
    shapes[`${name}.input_layernorm.weight`] = [width];
    shapes[`${name}.mlp.down_proj.weight`] = [width, feedForward];
    shapes[`${name}.mlp.gate_proj.weight`] = [feedForward, width];
    shapes[`${name}.mlp.up_proj.weight`] = [feedForward, width];
    shapes[`${name}.post_attention_layernorm.weight`] = [width];
    shapes[`${name}.self_attn.k_proj.weight`] = [keyWidth, width];
    shapes[`${name}.self_attn.o_proj.weight`] = [width, width];
    shapes[`${name}.self_attn.q_proj.weight`] = [width, width];
    shapes[`${name}.self_attn.v_proj.weight`] = [keyWidth, width];
  }
  shapes['model.norm.weight'] = [width];
  shapes['lm_head.weight'] = [vocabulary, width];
  return shapes;
}
