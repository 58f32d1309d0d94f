import { addLinear, type MutableShapes, type TensorShapes } from '../shapes.ts';

const WIDTH = 3072;
const HEAD = 128;

/** The FLUX.1-dev transformer in the names of diffusers. */
export function diffusersFluxShapes(): TensorShapes {
  const shapes: MutableShapes = {};
  addLinear(shapes, 'x_embedder', [WIDTH, 64]);
  addLinear(shapes, 'context_embedder', [WIDTH, 4096]);
  for (const [name, inputs] of [
    ['timestep', 256],
    ['guidance', 256],
    ['text', 768],
  ] as const) {
    addLinear(shapes, `time_text_embed.${name}_embedder.linear_1`, [WIDTH, inputs]);
    addLinear(shapes, `time_text_embed.${name}_embedder.linear_2`, [WIDTH, WIDTH]);
  }
  for (let block = 0; block < 19; block += 1) {
    const name = `transformer_blocks.${block}`;
    for (const part of ['to_q', 'to_k', 'to_v', 'to_out.0', 'add_q_proj', 'add_k_proj', 'add_v_proj', 'to_add_out']) {
      addLinear(shapes, `${name}.attn.${part}`, [WIDTH, WIDTH]);
    }
    for (const part of ['norm_q', 'norm_k', 'norm_added_q', 'norm_added_k'])
      shapes[`${name}.attn.${part}.weight`] = [HEAD];
    for (const part of ['ff', 'ff_context']) {
      addLinear(shapes, `${name}.${part}.net.0.proj`, [4 * WIDTH, WIDTH]);
      addLinear(shapes, `${name}.${part}.net.2`, [WIDTH, 4 * WIDTH]);
    }
    for (const part of ['norm1', 'norm1_context']) addLinear(shapes, `${name}.${part}.linear`, [6 * WIDTH, WIDTH]);
  }
  for (let block = 0; block < 38; block += 1) {
    const name = `single_transformer_blocks.${block}`;
    for (const part of ['to_q', 'to_k', 'to_v']) addLinear(shapes, `${name}.attn.${part}`, [WIDTH, WIDTH]);
    for (const part of ['norm_q', 'norm_k']) shapes[`${name}.attn.${part}.weight`] = [HEAD];
    addLinear(shapes, `${name}.norm.linear`, [3 * WIDTH, WIDTH]);
    addLinear(shapes, `${name}.proj_mlp`, [4 * WIDTH, WIDTH]);
    addLinear(shapes, `${name}.proj_out`, [WIDTH, 5 * WIDTH]);
  }
  addLinear(shapes, 'norm_out.linear', [2 * WIDTH, WIDTH]);
  addLinear(shapes, 'proj_out', [64, WIDTH]);
  return shapes;
}
