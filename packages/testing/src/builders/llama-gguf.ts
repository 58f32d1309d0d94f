import { buildGguf, lazyGguf, type GgufDefinition, type GgufTensorDefinition } from './gguf.ts';
import type { GgufTensorType } from './ggml-types.ts';
import type { LlamaDimensions } from './layouts/llama.ts';
import { vocabularyOf } from './repo-texts.ts';
import type { SynchronousContent } from './safetensors.ts';

/** Mixtures of tensor types that a Llama GGUF can be built in. */
export type LlamaMixture = 'Q4_K_M' | 'Q5_K_M' | 'Q8_0' | 'F16';

/** Number of the file type, its usual and its higher tensor type. */
const mixtures: Readonly<Record<LlamaMixture, readonly [number, GgufTensorType, GgufTensorType]>> = {
  Q4_K_M: [15, 'Q4_K', 'Q6_K'],
  Q5_K_M: [17, 'Q5_K', 'Q6_K'],
  Q8_0: [7, 'Q8_0', 'Q8_0'],
  F16: [1, 'F16', 'F16'],
};

/** What {@link buildLlamaGguf} builds. */
export interface LlamaGgufDefinition {
  readonly dimensions: LlamaDimensions;
  readonly mixture: LlamaMixture;
  /** `general.name`. @default 'Tiny Llama' */
  readonly name?: string;
  readonly version?: 1 | 2 | 3;
  readonly bigEndian?: boolean;
  /** @default 1 */
  readonly fillSeed?: number;
}

/** A Llama-style language model as llama.cpp's converter and quantiser write it, tokenizer included. */
export function buildLlamaGguf(definition: LlamaGgufDefinition): Uint8Array {
  return buildGguf(ggufOf(definition));
}

/** The same file as {@link buildLlamaGguf}, made as it is read. */
export function lazyLlamaGguf(definition: LlamaGgufDefinition): SynchronousContent {
  return lazyGguf(ggufOf(definition));
}

function ggufOf({
  dimensions,
  mixture,
  name = 'Tiny Llama',
  fillSeed = 1,
  version = 3,
  bigEndian = false,
}: LlamaGgufDefinition): GgufDefinition {
  const { width, feedForward, blocks, heads, keyValueHeads, vocabulary } = dimensions;
  const tokens = vocabularyOf(vocabulary);
  return {
    version,
    bigEndian,
    fillSeed,
    metadata: {
      'general.architecture': 'llama',
      'general.type': 'model',
      'general.name': name,
      'general.basename': name.replaceAll(' ', '-'),
      'general.size_label': '5M',
      'general.license': 'apache-2.0',
      'general.tags': ['text-generation'],
      'llama.block_count': blocks,
      'llama.context_length': 2048,
      'llama.embedding_length': width,
      'llama.feed_forward_length': feedForward,
      'llama.attention.head_count': heads,
      'llama.attention.head_count_kv': keyValueHeads,
      'llama.attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-5 },
      'llama.rope.dimension_count': width / heads,
      'llama.vocab_size': vocabulary,
      'general.file_type': mixtures[mixture][0],
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.scores': { type: 'array', of: 'f32', value: tokens.map((_, index) => -index) },
      'tokenizer.ggml.token_type': { type: 'array', of: 'i32', value: tokens.map((_, index) => (index < 3 ? 3 : 1)) },
      'tokenizer.ggml.bos_token_id': 1,
      'tokenizer.ggml.eos_token_id': 2,
      'tokenizer.ggml.add_bos_token': true,
      'general.quantization_version': 2,
    },
    tensors: llamaTensors(dimensions, mixture),
  };
}

function llamaTensors(dimensions: LlamaDimensions, mixture: LlamaMixture): Record<string, GgufTensorDefinition> {
  const { width, feedForward, blocks, heads, keyValueHeads, vocabulary } = dimensions;
  const [, usual, higher] = mixtures[mixture];
  const keyWidth = (width / heads) * keyValueHeads;
  const tensors: Record<string, GgufTensorDefinition> = {
    'output.weight': { type: higher, shape: [width, vocabulary] },
    'output_norm.weight': { type: 'F32', shape: [width] },
    'token_embd.weight': { type: usual, shape: [width, vocabulary] },
  };
  for (let block = 0; block < blocks; block += 1) {
    const better = block % 2 === 0 ? higher : usual;
    const add = (part: string, type: GgufTensorType, shape: readonly number[]): void => {
      tensors[`blk.${block}.${part}.weight`] = { type, shape };
    };
    add('attn_k', usual, [width, keyWidth]);
    add('attn_norm', 'F32', [width]);
    add('attn_output', usual, [width, width]);
    add('attn_q', usual, [width, width]);
    add('attn_v', better, [width, keyWidth]);
    add('ffn_down', better, [feedForward, width]);
    add('ffn_gate', usual, [width, feedForward]);
    add('ffn_norm', 'F32', [width]);
    add('ffn_up', usual, [width, feedForward]);
  }
  return tensors;
}

/** What {@link buildMmprojGguf} builds. */
export interface MmprojDefinition {
  /** Width of the vision tower. @default 128 */
  readonly width?: number;
  /** Width of the language model that it feeds. */
  readonly projection: number;
  /** @default 1 */
  readonly fillSeed?: number;
}

/** A vision projector as llama.cpp's converter writes it: `general.architecture` is `clip`, `general.type` is `mmproj`. */
export function buildMmprojGguf({ width = 128, projection, fillSeed = 1 }: MmprojDefinition): Uint8Array {
  const blocks = 4;
  const tensors: Record<string, GgufTensorDefinition> = {
    'v.class_embd': { type: 'F32', shape: [width] },
    'v.patch_embd.weight': { type: 'F16', shape: [14, 14, 3, width] },
    'v.position_embd.weight': { type: 'F16', shape: [width, 257] },
    'mm.0.weight': { type: 'F16', shape: [width, projection] },
    'mm.0.bias': { type: 'F32', shape: [projection] },
    'mm.2.weight': { type: 'F16', shape: [projection, projection] },
    'mm.2.bias': { type: 'F32', shape: [projection] },
  };
  for (let block = 0; block < blocks; block += 1) {
    for (const part of ['attn_q', 'attn_k', 'attn_v', 'attn_out']) {
      tensors[`v.blk.${block}.${part}.weight`] = { type: 'F16', shape: [width, width] };
      tensors[`v.blk.${block}.${part}.bias`] = { type: 'F32', shape: [width] };
    }
    tensors[`v.blk.${block}.ffn_up.weight`] = { type: 'F16', shape: [width, 4 * width] };
    tensors[`v.blk.${block}.ffn_down.weight`] = { type: 'F16', shape: [4 * width, width] };
    tensors[`v.blk.${block}.ln1.weight`] = { type: 'F32', shape: [width] };
    tensors[`v.blk.${block}.ln2.weight`] = { type: 'F32', shape: [width] };
  }
  return buildGguf({
    fillSeed,
    metadata: {
      'general.architecture': 'clip',
      'general.type': 'mmproj',
      'general.name': 'Tiny Llama Vision',
      'general.file_type': 1,
      'clip.has_vision_encoder': true,
      'clip.projector_type': 'mlp',
      'clip.vision.image_size': 224,
      'clip.vision.patch_size': 14,
      'clip.vision.embedding_length': width,
      'clip.vision.feed_forward_length': 4 * width,
      'clip.vision.projection_dim': projection,
      'clip.vision.block_count': blocks,
      'clip.vision.attention.head_count': 2,
      'clip.vision.image_mean': { type: 'array', of: 'f32', value: [0.481, 0.457, 0.408] },
    },
    tensors,
  });
}
