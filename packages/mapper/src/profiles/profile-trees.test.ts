import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { modelTypes, type ModelFormat, type ModelType } from '@modelkeep/core';
import { expect, it } from 'vitest';
import type { LinkPlan } from '../plan/link-plan.ts';
import { createWorld, treeOf } from '../mapper.test-world.ts';

/* The folders that the apps document, or that their sources name: one model of each type is mapped, and the tree is what is there then. */
const safetensors = '.safetensors';
const trees: Readonly<Record<string, Readonly<Partial<Record<ModelType, string>>>>> = {
  automatic1111: {
    checkpoint: 'models/Stable-diffusion',
    lora: 'models/Lora',
    vae: 'models/VAE',
    embedding: 'embeddings',
    upscaler: 'models/ESRGAN',
    controlnet: 'models/ControlNet',
    't2i-adapter': 'models/ControlNet',
    'ip-adapter': 'models/ControlNet',
  },
  forge: {
    checkpoint: 'models/Stable-diffusion',
    'diffusion-model': 'models/Stable-diffusion',
    lora: 'models/Lora',
    vae: 'models/VAE',
    'text-encoder': 'models/text_encoder',
    embedding: 'embeddings',
    upscaler: 'models/ESRGAN',
    controlnet: 'models/ControlNet',
    't2i-adapter': 'models/ControlNet',
    'ip-adapter': 'models/ControlNet',
  },
  reforge: {
    checkpoint: 'models/Stable-diffusion',
    lora: 'models/Lora',
    vae: 'models/VAE',
    embedding: 'embeddings',
    upscaler: 'models/ESRGAN',
    controlnet: 'models/ControlNet',
    't2i-adapter': 'models/ControlNet',
    'ip-adapter': 'models/ControlNet',
  },
  sdnext: {
    checkpoint: 'models/Stable-diffusion',
    'diffusion-model': 'models/UNET',
    'text-encoder': 'models/Text-encoder',
    vae: 'models/VAE',
    lora: 'models/Lora',
    embedding: 'models/embeddings',
    controlnet: 'models/control/controlnet',
  },
  swarmui: {
    checkpoint: 'Models/Stable-Diffusion',
    'diffusion-model': 'Models/diffusion_models',
    lora: 'Models/Lora',
    vae: 'Models/VAE',
    embedding: 'Models/Embeddings',
    controlnet: 'Models/controlnet',
    't2i-adapter': 'Models/controlnet',
    'text-encoder': 'Models/text_encoders',
    'clip-vision': 'Models/clip_vision',
    upscaler: 'Models/upscale_models',
    'style-model': 'Models/style_models',
    'ip-adapter': 'Models/ipadapter',
    gligen: 'Models/gligen',
  },
  fooocus: {
    checkpoint: 'models/checkpoints',
    lora: 'models/loras',
    vae: 'models/vae',
    embedding: 'models/embeddings',
  },
  'text-generation-webui': {},
  invokeai: {},
  kohya: {},
};

it.each(Object.entries(trees))('the tree of %s', async (app, folders) => {
  const world = await createWorld();
  try {
    const appRoot = join(world.root, 'app');
    await mkdir(appRoot);
    for (const type of modelTypes)
      await world.addModel({ type, slug: `x/y/${type}`, files: [{ name: `${type}${safetensors}` }] });
    const planned = await world.mapper.planLinks({ app, appRoot, models: world.list() });
    await world.mapper.apply(planned);
    const links = Object.entries(await treeOf(appRoot)).filter(([, what]) => what !== '/');
    const expected = Object.entries(folders).map(([type, folder]) => [
      `${folder}/${type}${safetensors}`,
      `-> ${join(world.libraryRoot, 'x/y', type, `${type}${safetensors}`)}`,
    ]);
    expect(Object.fromEntries(links)).toEqual(Object.fromEntries(expected));
    expect(planned.counts.create + planned.counts.skipped).toBe(modelTypes.length);
  } finally {
    await world.close();
  }
});

it('language models: files, parts in a folder of their own, folders with what they need, and adapters', async () => {
  const world = await createWorld();
  try {
    const appRoot = join(world.root, 'app');
    await mkdir(appRoot);
    const add = (slug: string, type: ModelType, format: ModelFormat, names: readonly string[]) =>
      world.addModel({
        slug: `llm/x/${slug}`,
        type,
        format,
        files: names.map((name) => ({
          name,
          role: name.endsWith('.json') ? ('config' as const) : ('weights' as const),
        })),
      });
    await add('small', 'llm', 'gguf', ['small-Q4_K_M.gguf']);
    await add('parts', 'llm', 'gguf', ['p-00001-of-00002.gguf', 'p-00002-of-00002.gguf']);
    await add('whole', 'llm', 'safetensors', [
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'config.json',
    ]);
    await add('bare', 'llm', 'safetensors', ['model.safetensors']);
    await add('peft', 'lora', 'safetensors', ['adapter_model.safetensors', 'adapter_config.json']);
    await add('eyes', 'mmproj', 'gguf', ['mmproj.gguf']);
    const linked = async (app: string, way?: 'links'): Promise<readonly string[]> => {
      const root = join(world.root, app);
      await mkdir(root);
      await world.mapper.apply(await world.mapper.planLinks({ app, appRoot: root, way, models: world.list() }));
      return Object.entries(await treeOf(root)).flatMap(([name, what]) => (what === '/' ? [] : [name]));
    };
    expect(await linked('text-generation-webui')).toEqual([
      'user_data/loras/peft',
      'user_data/mmproj/mmproj.gguf',
      'user_data/models/parts/p-00001-of-00002.gguf',
      'user_data/models/parts/p-00002-of-00002.gguf',
      'user_data/models/small-Q4_K_M.gguf',
      'user_data/models/whole',
    ]);
    expect(await linked('llama-cpp', 'links')).toEqual([
      'models/parts/p-00001-of-00002.gguf',
      'models/parts/p-00002-of-00002.gguf',
      'models/small-Q4_K_M.gguf',
    ]);
  } finally {
    await world.close();
  }
});

it('SD.Next: folders of diffusers are links among the others that it lists', async () => {
  const world = await createWorld();
  try {
    const add = (slug: string, type: ModelType, needed: string) =>
      world.addModel({
        slug: `x/y/${slug}`,
        type,
        format: 'diffusers',
        files: [{ name: 'unet/model.safetensors' }, { name: needed, role: 'config' }],
      });
    await add('pipeline', 'checkpoint', 'model_index.json');
    await add('canny', 'controlnet', 'config.json');
    await add('half', 'checkpoint', 'config.json');
    const { appRoot, mapper } = world;
    const applied = await mapper.apply(await mapper.planLinks({ app: 'sdnext', appRoot, models: world.list() }));
    expect(Object.entries(await treeOf(appRoot)).filter(([, what]) => what !== '/')).toEqual([
      ['models/Diffusers/pipeline', `-> ${join(world.libraryRoot, 'x/y/pipeline')}`],
      ['models/control/controlnet/canny', `-> ${join(world.libraryRoot, 'x/y/canny')}`],
    ]);
    expect(applied.counts.skipped).toBe(1);
  } finally {
    await world.close();
  }
});

it('an app that cannot be mapped says why, and what to do with each model', async () => {
  const world = await createWorld();
  try {
    const name = "it's $HOME `x` (1)!.safetensors";
    await world.addModel({ slug: 'x/y/it', files: [{ name }] });
    const source = join(world.libraryRoot, 'x/y/it', name);
    const plan = (app: string) => world.mapper.planLinks({ app, appRoot: world.appRoot, models: world.list() });
    const invoke = await plan('invokeai');
    expect(invoke.entries.map(({ action, reason }) => [action, reason?.code])).toEqual([['skipped', 'plan-only']]);
    /* What a shell hands to the program that the advice is for. */
    const words = ({ advice }: LinkPlan): readonly string[] => {
      const script = `curl() { printf '%s\\n' "$@"; }; ${advice[0]?.text ?? ''}`;
      return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
    };
    const [address = '', ...rest] = words(invoke).toReversed();
    expect(rest.toReversed()).toEqual(['-X', 'POST', '-H', 'Content-Type: application/json', '-d', '{}']);
    expect(new URL(address).pathname).toBe('/api/v2/models/install');
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({ source, inplace: 'true' });
    const trained = await plan('kohya');
    const flag = trained.advice[0]?.text ?? '';
    expect(words({ ...trained, advice: [{ modelId: '', slug: '', text: `curl ${flag}` }] })).toEqual([
      '--pretrained_model_name_or_path',
      source,
    ]);
    await world.addModel({ type: 'vae', family: 'flux1', slug: 'x/y/ae', files: [{ name: 'ae.safetensors' }] });
    expect((await plan('kohya')).advice[1]?.text).toBe(`--ae '${join(world.libraryRoot, 'x/y/ae/ae.safetensors')}'`);
    expect((await world.mapper.apply(invoke)).counts).toMatchObject({ skipped: 1, created: 0 });
  } finally {
    await world.close();
  }
});

it('a family that an app does not run is skipped', async () => {
  const world = await createWorld();
  try {
    await world.addModel({ family: 'flux1', slug: 'x/y/flux' });
    await world.addModel({ family: 'sdxl', slug: 'x/y/sdxl', files: [{ name: 'b.safetensors' }] });
    await world.addModel({ family: null, slug: 'x/y/unknown', files: [{ name: 'c.safetensors' }] });
    const { entries } = await world.mapper.planLinks({
      app: 'automatic1111',
      appRoot: world.appRoot,
      models: world.list(),
    });
    expect(entries.map(({ action, slug, reason }) => [action, slug, reason?.code])).toEqual([
      ['create', 'x/y/sdxl', undefined],
      ['create', 'x/y/unknown', undefined],
      ['skipped', 'x/y/flux', 'family-not-mapped'],
    ]);
  } finally {
    await world.close();
  }
});
