import type { RepoDefinition } from '../hub/repo-definition.ts';
import { shardedLlamaFiles } from './demo-sharded.ts';
import type { LlamaDimensions } from './layouts/llama.ts';
import { buildLlamaGguf, buildMmprojGguf } from './llama-gguf.ts';
import { buildReadme } from './repo-texts.ts';

const tinyLlama: LlamaDimensions = {
  width: 256,
  feedForward: 768,
  blocks: 4,
  heads: 8,
  keyValueHeads: 2,
  vocabulary: 2000,
};

/** A Llama whose size follows the scale; widths stay multiples of 256, the block of the K quantisations. */
function llama(scale: number): LlamaDimensions {
  const factor = Math.max(1, Math.round(Math.sqrt(scale)));
  const vocabulary = scale < 1 ? Math.max(64, Math.round(tinyLlama.vocabulary * scale)) : tinyLlama.vocabulary;
  return {
    ...tinyLlama,
    width: tinyLlama.width * factor,
    feedForward: tinyLlama.feedForward * factor,
    vocabulary,
    blocks: scale < 1 ? 2 : 4,
  };
}

/** @internal Three quantisations of one model and its vision projector. */
export function ggufRepo(scale: number): RepoDefinition {
  const dimensions = llama(scale);
  const readme = buildReadme({
    title: 'Tiny Llama GGUF',
    licence: 'apache-2.0',
    pipelineTag: 'text-generation',
    tags: ['gguf'],
    text: 'Random weights in three quantisations, with a vision projector.',
  });
  return {
    id: 'acme/tiny-llama-gguf',
    licence: 'apache-2.0',
    pipelineTag: 'text-generation',
    tags: ['gguf', 'llama'],
    files: [
      { path: 'README.md', content: readme },
      ...(['Q4_K_M', 'Q5_K_M', 'Q8_0'] as const).map((mixture, index) => ({
        path: `tiny-llama-${mixture}.gguf`,
        content: buildLlamaGguf({ dimensions, mixture, fillSeed: 41 + index }),
      })),
      { path: 'mmproj-tiny-llama-f16.gguf', content: buildMmprojGguf({ projection: dimensions.width, fillSeed: 45 }) },
    ],
  };
}

/** @internal Three shards with their index. */
export function shardedRepo(scale: number): RepoDefinition {
  return {
    id: 'acme/tiny-llama-sharded',
    licence: 'apache-2.0',
    pipelineTag: 'text-generation',
    libraryName: 'transformers',
    tags: ['safetensors', 'llama'],
    files: shardedLlamaFiles(llama(scale)),
  };
}
