import { addLinear, prefixed, type MutableShapes, type TensorShapes } from '../shapes.ts';

const CLIP_VOCABULARY = 49_408;

/** CLIP ViT-L/14's text half in the names of transformers, as FLUX.1 and SD1 use it. */
export function clipLShapes(): TensorShapes {
  const shapes: MutableShapes = {};
  shapes['text_model.embeddings.position_embedding.weight'] = [77, 768];
  shapes['text_model.embeddings.token_embedding.weight'] = [CLIP_VOCABULARY, 768];
  for (let layer = 0; layer < 12; layer += 1) {
    const name = `text_model.encoder.layers.${layer}`;
    addLinear(shapes, `${name}.layer_norm1`, [768]);
    addLinear(shapes, `${name}.layer_norm2`, [768]);
    addLinear(shapes, `${name}.mlp.fc1`, [3072, 768]);
    addLinear(shapes, `${name}.mlp.fc2`, [768, 3072]);
    for (const part of ['k', 'out', 'q', 'v']) addLinear(shapes, `${name}.self_attn.${part}_proj`, [768, 768]);
  }
  addLinear(shapes, 'text_model.final_layer_norm', [768]);
  return shapes;
}

/** OpenCLIP ViT-bigG/14's text half in the names of open_clip, as SDXL checkpoints hold it. */
export function openClipGShapes(): TensorShapes {
  const shapes: MutableShapes = {};
  shapes['positional_embedding'] = [77, 1280];
  shapes['text_projection'] = [1280, 1280];
  shapes['logit_scale'] = [];
  shapes['token_embedding.weight'] = [CLIP_VOCABULARY, 1280];
  for (let layer = 0; layer < 32; layer += 1) {
    const name = `transformer.resblocks.${layer}`;
    shapes[`${name}.attn.in_proj_weight`] = [3840, 1280];
    shapes[`${name}.attn.in_proj_bias`] = [3840];
    addLinear(shapes, `${name}.attn.out_proj`, [1280, 1280]);
    addLinear(shapes, `${name}.ln_1`, [1280]);
    addLinear(shapes, `${name}.ln_2`, [1280]);
    addLinear(shapes, `${name}.mlp.c_fc`, [5120, 1280]);
    addLinear(shapes, `${name}.mlp.c_proj`, [1280, 5120]);
  }
  addLinear(shapes, 'ln_final', [1280]);
  return shapes;
}

/** The encoder of T5 v1.1 XXL in the names of transformers. */
export function t5XxlShapes(): TensorShapes {
  const shapes: MutableShapes = {};
  shapes['shared.weight'] = [32_128, 4096];
  for (let block = 0; block < 24; block += 1) {
    const name = `encoder.block.${block}`;
    for (const part of ['q', 'k', 'v', 'o']) shapes[`${name}.layer.0.SelfAttention.${part}.weight`] = [4096, 4096];
    if (block === 0) shapes[`${name}.layer.0.SelfAttention.relative_attention_bias.weight`] = [32, 64];
    shapes[`${name}.layer.0.layer_norm.weight`] = [4096];
    shapes[`${name}.layer.1.DenseReluDense.wi_0.weight`] = [10_240, 4096];
    shapes[`${name}.layer.1.DenseReluDense.wi_1.weight`] = [10_240, 4096];
    shapes[`${name}.layer.1.DenseReluDense.wo.weight`] = [4096, 10_240];
    shapes[`${name}.layer.1.layer_norm.weight`] = [4096];
  }
  shapes['encoder.final_layer_norm.weight'] = [4096];
  return shapes;
}

/** Both text encoders of an SDXL checkpoint, under their prefixes. */
export function sdxlTextEncoderShapes(): TensorShapes {
  return {
    ...prefixed('conditioner.embedders.0.transformer.', clipLShapes()),
    ...prefixed('conditioner.embedders.1.model.', openClipGShapes()),
  };
}
