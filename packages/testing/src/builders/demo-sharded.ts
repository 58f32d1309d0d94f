import type { RepoFile } from '../hub/repo-definition.ts';
import { llamaShapes, type LlamaDimensions } from './layouts/llama.ts';
import { buildReadme, buildTokenizer, buildTokenizerConfig, jsonBytes } from './repo-texts.ts';
import { buildSafetensors } from './safetensors.ts';
import { tensorsOf, type TensorShapes } from './shapes.ts';

const SHARDS = 3;

/** The files of a language model in three shards with their index, config and tokenizer. */
export function shardedLlamaFiles(dimensions: LlamaDimensions): readonly RepoFile[] {
  const shapes = llamaShapes(dimensions);
  const names = Object.keys(shapes);
  const perShard = Math.ceil(names.length / SHARDS);
  const shardName = (shard: number): string => `model-${pad(shard + 1)}-of-${pad(SHARDS)}.safetensors`;
  const shards = Array.from({ length: SHARDS }, (_, shard) => {
    const part: TensorShapes = Object.fromEntries(
      names.slice(shard * perShard, (shard + 1) * perShard).map((name) => [name, shapes[name] ?? []]),
    );
    const content = buildSafetensors({
      tensors: tensorsOf(part, 'BF16'),
      metadata: { format: 'pt' },
      fillSeed: 70 + shard,
    });
    return { path: shardName(shard), content };
  });
  const elements = Object.values(shapes).reduce(
    (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  return [
    ...shards,
    {
      path: 'model.safetensors.index.json',
      content: jsonBytes({
        metadata: { total_size: elements * 2 },
        weight_map: Object.fromEntries(names.map((name, index) => [name, shardName(Math.floor(index / perShard))])),
      }),
    },
    { path: 'config.json', content: jsonBytes(llamaConfig(dimensions)) },
    { path: 'generation_config.json', content: jsonBytes({ bos_token_id: 1, eos_token_id: 2 }) },
    { path: 'tokenizer.json', content: buildTokenizer(dimensions.vocabulary) },
    { path: 'tokenizer_config.json', content: buildTokenizerConfig() },
    {
      path: 'README.md',
      content: buildReadme({
        title: 'Tiny Llama, sharded',
        licence: 'apache-2.0',
        pipelineTag: 'text-generation',
        libraryName: 'transformers',
        text: 'A language model of random weights in three shards.',
      }),
    },
  ];
}

function llamaConfig({ width, feedForward, blocks, heads, keyValueHeads, vocabulary }: LlamaDimensions): unknown {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: width,
    intermediate_size: feedForward,
    num_hidden_layers: blocks,
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    vocab_size: vocabulary,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    torch_dtype: 'bfloat16',
    tie_word_embeddings: false,
  };
}

function pad(number: number): string {
  return String(number).padStart(5, '0');
}
