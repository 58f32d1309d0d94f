import { buildGguf, buildLlamaGguf, buildMmprojGguf, type GgufDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { identify } from '../identify/identify.ts';
import { bytesSource } from '../source/bytes-source.ts';

const dimensions = { width: 256, feedForward: 512, blocks: 2, heads: 4, keyValueHeads: 2, vocabulary: 300 };
const identifyBytes = (...files: Uint8Array[]) => identify(files.map((bytes) => bytesSource(bytes)));
const gguf = (metadata: GgufDefinition['metadata'], tensors: GgufDefinition['tensors'] = {}) =>
  identifyBytes(buildGguf({ metadata, tensors }));

describe('GGUF language models', () => {
  it.each(['Q4_K_M', 'Q5_K_M', 'Q8_0'] as const)('tells %s from file type and tensors', async (mixture) => {
    const { format, scan, embedded, tensorCount } = await identifyBytes(buildLlamaGguf({ dimensions, mixture }));
    expect(format).toBe('gguf');
    expect(scan).toMatchObject({ type: 'llm', family: 'llama', quantisation: mixture, precision: null });
    expect(embedded).toEqual({
      name: 'Tiny Llama',
      description: null,
      tags: ['text-generation'],
      licence: 'apache-2.0',
    });
    expect(tensorCount).toBe(21);
  });

  it('says precision, not quantisation, for half-precision weights', async () => {
    const { scan, parameterCount } = await identifyBytes(buildLlamaGguf({ dimensions, mixture: 'F16' }));
    expect(scan).toMatchObject({ precision: 'fp16', quantisation: null });
    const block = 2 * 256 * 256 + 2 * 256 * 128 + 3 * 256 * 512 + 2 * 256;
    expect(parameterCount).toBe(2 * 300 * 256 + 256 + 2 * block);
  });

  it('believes the tensors where the file type contradicts them or is missing', async () => {
    const tensors = { a: { type: 'Q5_K', shape: [256, 2] }, b: { type: 'F32', shape: [256] } } as const;
    const wrong = await gguf(
      { 'general.architecture': 'llama', 'llama.block_count': 1, 'general.file_type': 15 },
      tensors,
    );
    expect(wrong.scan.quantisation).toBe('Q5_K');
    expect(wrong.evidence.join()).toContain('does not fit');
    expect((await gguf({}, tensors)).scan.quantisation).toBe('Q5_K');
    expect((await gguf({ 'general.file_type': 1024 + 16 }, tensors)).scan.quantisation).toBe('Q5_K_S');
    expect((await gguf({ 'general.file_type': 999 }, tensors)).scan.quantisation).toBe('Q5_K');
  });

  it('takes any architecture with blocks for a language model, and none without', async () => {
    expect((await gguf({ 'general.architecture': 'Qwen3', 'qwen3.block_count': 1 })).scan).toMatchObject({
      type: 'llm',
      family: 'qwen3',
    });
    expect(await gguf({ 'general.architecture': 'mystery' })).toMatchObject({
      scan: { type: 'unknown', family: null },
      confidence: 0,
    });
    expect((await gguf({})).scan).toMatchObject({ type: 'unknown', quantisation: null });
  });

  it('puts shards together and says what is missing', async () => {
    const first = buildGguf({
      metadata: { 'general.architecture': 'llama', 'llama.block_count': 1, 'split.no': 0, 'split.count': 3 },
      tensors: { a: { type: 'Q8_0', shape: [32, 2] } },
    });
    const second = buildGguf({
      metadata: { 'split.no': 1, 'split.count': 3 },
      tensors: { b: { type: 'Q8_0', shape: [32, 2] } },
    });
    const found = await identifyBytes(first, second);
    expect(found).toMatchObject({ scan: { type: 'llm', quantisation: 'Q8_0' }, tensorCount: 2, parameterCount: 128 });
    expect(found.evidence.at(-1)).toBe('2 of 3 parts are here');
    await expect(identifyBytes(first, first)).rejects.toMatchObject({ code: 'formats.invalid' });
  });
});

describe('other GGUF files', () => {
  it('tells projectors, adapters and text encoders', async () => {
    expect((await identifyBytes(buildMmprojGguf({ projection: 256 }))).scan).toMatchObject({
      type: 'mmproj',
      family: null,
      precision: 'fp16',
    });
    expect((await gguf({ 'general.architecture': 'llama', 'general.type': 'adapter' })).scan).toMatchObject({
      type: 'lora',
      family: 'llama',
    });
    expect((await gguf({ 'general.architecture': 't5encoder', 't5encoder.block_count': 24 })).scan).toMatchObject({
      type: 'text-encoder',
      variant: 't5',
    });
    expect(
      (await gguf({ 'general.architecture': 'llama', 'general.type': 'vocab', 'llama.block_count': 1 })).scan.type,
    ).toBe('tokenizer');
    const tokens = { type: 'array', of: 'string', value: ['a', 'b'] } as const;
    const vocabulary = { 'general.architecture': 'llama', 'llama.block_count': 1, 'tokenizer.ggml.tokens': tokens };
    expect((await gguf(vocabulary)).scan.type).toBe('tokenizer');
    expect((await gguf({ ...vocabulary, 'split.count': 2 })).scan.type).toBe('llm');
  });

  it.each([
    ['the reverse order', (shape: readonly number[]) => shape.toReversed()],
    ['torch’s order', (shape: readonly number[]) => shape],
  ])('recognises image models by their tensors, shapes in %s', async (_, order) => {
    const tensors = Object.fromEntries(
      Object.entries({
        'double_blocks.0.img_attn.qkv.weight': [96, 32],
        'double_blocks.0.img_attn.norm.key_norm.scale': [32],
        'vector_in.in_layer.weight': [32, 768],
        'guidance_in.in_layer.weight': [32, 256],
        'txt_in.weight': [32, 4096],
      }).map(([name, shape]) => [name, { type: 'F16' as const, shape: order(shape) }]),
    );
    const found = await gguf({ 'general.architecture': 'pig' }, tensors);
    expect(found.scan).toMatchObject({
      type: 'diffusion-model',
      family: 'flux1',
      baseModel: 'Flux.1 D',
      precision: 'fp16',
    });
  });

  it('falls back to the architecture, less sure, and uses shapes kept aside', async () => {
    const strange = { x: { type: 'F16', shape: [2, 2] } } as const;
    expect(await gguf({ 'general.architecture': 'wan' }, strange)).toMatchObject({
      scan: { type: 'diffusion-model', family: 'wan' },
      confidence: 0.7,
    });
    for (const architecture of ['flux', 'cosmos', 'lumina2', 'hyvid', 'sd1']) {
      const metadata = { 'general.architecture': architecture, [`${architecture}.block_count`]: 2 };
      const found = await gguf(metadata, strange);
      expect(found, architecture).toMatchObject({ scan: { type: 'diffusion-model', family: null }, confidence: 0.7 });
    }
    const shape = { type: 'array', of: 'i32', value: [1536, 16, 1, 2, 2] } as const;
    const found = await gguf(
      { 'general.architecture': 'wan', 'comfy.gguf.orig_shape.patch_embedding.weight': shape },
      {
        'patch_embedding.weight': { type: 'F16', shape: [64, 1536] },
        'head.modulation': { type: 'F32', shape: [1536, 2] },
        'text_embedding.0.weight': { type: 'F16', shape: [32, 32] },
        'blocks.0.self_attn.q.weight': { type: 'F16', shape: [32, 32] },
      },
    );
    expect(found.scan).toMatchObject({ family: 'wan', baseModel: 'Wan Video 1.3B t2v' });
  });

  it('tells umT5, which has a bias in each block, from T5', async () => {
    const bias = { type: 'F32', shape: [32, 64] } as const;
    const metadata = { 'general.architecture': 't5encoder', 't5encoder.block_count': 2 };
    const t5 = await gguf(metadata, { 'enc.blk.0.attn_rel_b.weight': bias });
    const umt5 = await gguf(metadata, { 'enc.blk.0.attn_rel_b.weight': bias, 'enc.blk.1.attn_rel_b.weight': bias });
    expect([t5.scan.variant, umt5.scan.variant]).toEqual(['t5', 'umt5']);
  });
});
