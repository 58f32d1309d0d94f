import { describe, expect, it } from 'vitest';
import type { FolderPlan } from './folder-plan.ts';
import { planFolder, type PlanFolderOptions } from './plan-folder.ts';

/** Files with what is in them, or their size. */
type Files = Readonly<Record<string, string | number | object>>;

async function plan(files: Files, options?: PlanFolderOptions): Promise<FolderPlan | null> {
  const bytesOf = (path: string): Uint8Array => {
    const content = files[path];
    return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  };
  const here = Object.entries(files).map(([path, content]) => ({
    path,
    sizeBytes: typeof content === 'number' ? content : bytesOf(path).length,
  }));
  return planFolder(
    {
      path: 'pipe',
      list: async (part) =>
        here.filter(({ path }) => (part === '' ? !path.includes('/') : path.startsWith(`${part}/`))),
      read: async ({ path }) => bytesOf(path),
    },
    options,
  );
}

const pipeline = {
  _class_name: 'FluxPipeline',
  _diffusers_version: '0.30.0',
  feature_extractor: [null, null],
  force_zeros: true,
  scheduler: ['diffusers', 'FlowMatchEulerDiscreteScheduler'],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  transformer: ['diffusers', 'FluxTransformer2DModel'],
};
const shards = [1, 2, 3].map((number) => `diffusion_pytorch_model-0000${number}-of-00003.safetensors`);
const whole: Files = {
  'model_index.json': pipeline,
  'scheduler/scheduler_config.json': '{}',
  'text_encoder/config.json': '{}',
  'text_encoder/model.safetensors': 20,
  'text_encoder/model.fp16.safetensors': 10,
  'text_encoder/pytorch_model.bin': 30,
  'tokenizer/tokenizer_config.json': '{}',
  'tokenizer/vocab.json': '{}',
  'tokenizer/merges.txt': 5,
  'transformer/config.json': '{}',
  'transformer/diffusion_pytorch_model.safetensors.index.json': {
    weight_map: Object.fromEntries(shards.map((name, at) => [`w${at}`, name])),
  },
  ...Object.fromEntries(shards.map((name) => [`transformer/${name}`, 7])),
};

describe('a pipeline', () => {
  it('has its parts, what each says it is, and its weights in their order', async () => {
    const found = await plan(whole);
    expect(found).toMatchObject({
      kind: 'pipeline',
      className: 'FluxPipeline',
      version: '0.30.0',
      code: [],
      parts: [
        { name: 'scheduler', weights: [] },
        { name: 'text_encoder' },
        { name: 'tokenizer' },
        { name: 'transformer' },
      ],
    });
    const parts = new Map(found?.parts.map((part) => [part.name, part]));
    expect(parts.get('text_encoder')?.weights.map(({ paths }) => paths[0])).toEqual([
      'text_encoder/model.safetensors',
      'text_encoder/model.fp16.safetensors',
      'text_encoder/pytorch_model.bin',
    ]);
    expect(parts.get('transformer')).toMatchObject({
      library: 'diffusers',
      className: 'FluxTransformer2DModel',
      weights: [{ paths: shards.map((name) => `transformer/${name}`), sizeBytes: 21, missing: [] }],
    });
    expect(found?.parts.flatMap(({ missing }) => missing)).toEqual([]);
  });

  it.each<[what: string, without: RegExp, missing: readonly string[]]>([
    ['a shard, by the index', /-00002-of-/u, []],
    ['a shard, by the names of the others', /-00002-of-|safetensors\.index/u, []],
    ['all shards, by the index', /transformer\/.*safetensors$/u, []],
    ['a folder', /^transformer\//u, ['transformer/config.json', 'transformer/diffusion_pytorch_model.safetensors']],
    [
      'a part of transformers and its vocabulary',
      /^text_encoder\/|vocab|merges/u,
      ['text_encoder/config.json', 'text_encoder/model.safetensors', 'tokenizer/tokenizer.json'],
    ],
    ['the config of a scheduler', /^scheduler/u, ['scheduler/scheduler_config.json']],
  ])('tells that %s is missing', async (what, without, missing) => {
    const rest = Object.fromEntries(Object.entries(whole).filter(([path]) => !without.test(path)));
    const found = await plan(rest);
    expect(found?.parts.flatMap((part) => part.missing)).toEqual(missing);
    const lacks = found?.parts.find(({ name }) => name === 'transformer')?.weights[0]?.missing;
    if (what.startsWith('a shard')) expect(lacks).toEqual([`transformer/${shards[1]}`]);
    if (what.startsWith('all shards')) expect(lacks).toEqual(shards.map((name) => `transformer/${name}`));
  });

  it('does without its safety checker, and tells of code beside the weights', async () => {
    const found = await plan({
      ...whole,
      'model_index.json': {
        ...pipeline,
        _class_name: ['my_pipeline', 'MyPipeline'],
        safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'],
      },
      'my_pipeline.py': 'import os',
      'transformer/net.py': 'import os',
    });
    expect(found).toMatchObject({ className: 'MyPipeline', code: ['my_pipeline.py', 'transformer/net.py'] });
    expect(found?.parts.at(-1)).toMatchObject({ name: 'safety_checker', isOptional: true, missing: [] });
  });

  it('reads no index that is longer than it is told to', async () => {
    const { 'transformer/diffusion_pytorch_model.safetensors.index.json': _index, ...rest } = whole;
    const long = { ...rest, 'transformer/diffusion_pytorch_model.safetensors.index.json': 'x'.repeat(2000) };
    expect(await plan(long, { maxIndexBytes: 1_000 })).toMatchObject({ kind: 'pipeline' });
    await expect(plan(long)).rejects.toMatchObject({ code: 'formats.invalid', facts: { format: 'safetensors index' } });
  });
});

describe('a hostile description', () => {
  const part = ['diffusers', 'X'];
  it.each<[what: string, content: string | object, code: string]>([
    ['is too long', `{"_class_name":"X","a":"${'x'.repeat(300_000)}"}`, 'formats.too-large'],
    ['is no JSON', '{"_class_name":', 'formats.invalid'],
    ['is deeply nested', '['.repeat(200_000), 'formats.invalid'],
    ['is a list', '[]', 'formats.invalid'],
    ['is nothing', 'null', 'formats.invalid'],
    ['has no class', { unet: part }, 'formats.invalid'],
    ['has a class that is no text', { _class_name: 7, unet: part }, 'formats.invalid'],
    ['has a class of nothing', { _class_name: [], unet: part }, 'formats.invalid'],
    ['leads above', { _class_name: 'X', '../unet': part }, 'formats.invalid'],
    ['is the folder above', { _class_name: 'X', '..': part }, 'formats.invalid'],
    ['is absolute', { _class_name: 'X', '/etc': part }, 'formats.invalid'],
    ['is absolute on Windows', { _class_name: 'X', 'C:\\Windows': part }, 'formats.invalid'],
    ['is of no name', { _class_name: 'X', '': part }, 'formats.invalid'],
    ['has control characters', { _class_name: 'X', 'a\u001b[2J': part }, 'formats.invalid'],
    [
      'has 10,000 parts',
      { _class_name: 'X', ...Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, part])) },
      'formats.too-large',
    ],
  ])('that %s is refused, and nothing is read for it', async (_what, content, code) => {
    await expect(plan({ 'model_index.json': content })).rejects.toMatchObject({ code });
  });

  it('names nothing by values of other types', async () => {
    const found = await plan({
      'model_index.json': { _class_name: 'X\u202ey', a: [1, 2], b: {}, c: ['x'], d: [null, 'x'], e: null },
    });
    expect(found).toMatchObject({ className: 'Xy', parts: [] });
  });
});

describe('a folder of one model', () => {
  it('is what its config says, with the shards of its index', async () => {
    const found = await plan({
      'config.json': { architectures: ['LlamaForCausalLM'], model_type: 'llama', transformers_version: '4.50.0' },
      'model.safetensors.index.json': {
        weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
      },
      'model-00001-of-00002.safetensors': 9,
      'original/consolidated.pth': 9,
    });
    expect(found).toMatchObject({
      kind: 'model',
      library: 'transformers',
      className: 'LlamaForCausalLM',
      version: '4.50.0',
      parts: [{ name: '', missing: [], weights: [{ missing: ['model-00002-of-00002.safetensors'] }] }],
    });
  });

  it('may be one of diffusers, or weights of one model alone', async () => {
    expect(
      await plan({ 'config.json': { _class_name: 'FluxControlNetModel' }, 'diffusion_pytorch_model.safetensors': 1 }),
    ).toMatchObject({ library: 'diffusers', className: 'FluxControlNetModel' });
    expect(await plan({ 'some.gguf': 1, 'README.md': 2 })).toMatchObject({
      kind: 'model',
      library: null,
      className: null,
    });
  });

  it.each<[what: string, files: Files]>([
    ['has nothing', {}],
    ['has several models', { 'a.safetensors': 1, 'b.safetensors': 1 }],
    ['has a config and no weights', { 'config.json': { model_type: 'llama' } }],
    ['has a config of something else', { 'config.json': { port: 80 }, 'a.gguf': 1, 'b.gguf': 1 }],
    ['has models in folders only', { 'x/model.safetensors': 1 }],
  ])('is none where it %s', async (_what, files) => {
    expect(await plan(files)).toBeNull();
  });

  it('with a config that is broken is refused', async () => {
    await expect(plan({ 'config.json': '{', 'model.safetensors': 1 })).rejects.toMatchObject({
      code: 'formats.invalid',
      facts: { format: 'config.json', path: 'pipe/config.json' },
    });
  });
});
