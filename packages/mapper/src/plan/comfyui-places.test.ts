import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelTypes, type ModelType } from '@modelkeep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, sha256, type TestModel, type TestWorld } from '../mapper.test-world.ts';
import type { LinkPlan, LinkPlanEntry } from './link-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const plan = (appVersion?: string): Promise<LinkPlan> =>
  world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, appVersion, models: world.list() });
const places = ({ entries }: LinkPlan): readonly (string | null)[] =>
  entries.map(({ action, folder, name, reason }) =>
    action === 'skipped' ? (reason?.code ?? null) : `${action} ${folder}/${name}`,
  );
const onlyEntry = ({ entries }: LinkPlan): LinkPlanEntry => {
  expect(entries).toHaveLength(1);
  return entries[0] as LinkPlanEntry;
};

const diffusersFiles: TestModel['files'] = [
  { name: 'model_index.json', role: 'config' },
  { name: 'unet/diffusion_pytorch_model.safetensors' },
  { name: 'vae/diffusion_pytorch_model.fp16.safetensors' },
  { name: 'text_encoder/model.safetensors' },
];

describe('where a model goes in ComfyUI', () => {
  const folders: Partial<Record<ModelType, string>> = {
    checkpoint: 'models/checkpoints',
    'diffusion-model': 'models/diffusion_models',
    lora: 'models/loras',
    vae: 'models/vae',
    'text-encoder': 'models/text_encoders',
    'clip-vision': 'models/clip_vision',
    controlnet: 'models/controlnet',
    't2i-adapter': 'models/controlnet',
    'ip-adapter': 'models/ipadapter',
    'style-model': 'models/style_models',
    embedding: 'models/embeddings',
    hypernetwork: 'models/hypernetworks',
    upscaler: 'models/upscale_models',
    gligen: 'models/gligen',
    photomaker: 'models/photomaker',
    'audio-encoder': 'models/audio_encoders',
    'face-restore': 'models/facerestore_models',
    'motion-module': 'models/animatediff_models',
  };

  it.each(modelTypes)('%s', async (type) => {
    await world.addModel({ type });
    const entry = onlyEntry(await plan());
    if (folders[type] === undefined)
      expect(entry).toMatchObject({ action: 'skipped', reason: { code: 'type-not-mapped' } });
    else expect(entry).toMatchObject({ action: 'create', folder: folders[type] });
  });

  it.each([
    ['safetensors', 'a.safetensors', 'create models/checkpoints/a.safetensors'],
    ['safetensors', 'a.SFT', 'create models/checkpoints/a.SFT'],
    ['safetensors', 'a.ckpt', 'extension-not-accepted'],
    ['pickle', 'a.ckpt', 'create models/checkpoints/a.ckpt'],
    ['pickle', 'a.pt2', 'create models/checkpoints/a.pt2'],
    ['pickle', 'a.safetensors', 'extension-not-accepted'],
    ['unknown', 'a.pth', 'create models/checkpoints/a.pth'],
    ['unknown', 'a.txt', 'extension-not-accepted'],
    ['gguf', 'a.gguf', 'format-not-accepted'],
    ['onnx', 'a.onnx', 'format-not-accepted'],
  ] as const)('a checkpoint of format %s in %s: %s', async (format, name, expected) => {
    await world.addModel({ format, files: [{ name }] });
    expect(places(await plan())).toEqual([expected]);
  });

  it('links the weights and nothing else of a model, by the base name of the file', async () => {
    const model = await world.addModel({
      type: 'vae',
      files: [
        { name: 'vae/ae.safetensors' },
        { name: 'vae/config.json', role: 'config' },
        { name: 'README.md', role: 'readme' },
      ],
    });
    const { id: modelId, slug } = model.record;
    expect(onlyEntry(await plan())).toEqual({
      action: 'create',
      modelId,
      slug,
      fileSha256: sha256('vae/ae.safetensors'),
      source: join(model.folder, 'vae/ae.safetensors'),
      folder: 'models/vae',
      name: 'ae.safetensors',
      target: join(world.appRoot, 'models/vae/ae.safetensors'),
      strategies: ['symlink', 'hardlink'],
      bytesToWrite: 0,
      reason: null,
    });
  });

  it('skips GGUF files until ComfyUI-GGUF is there, and other types of them always', async () => {
    await world.addModel({ type: 'diffusion-model', format: 'gguf', files: [{ name: 'flux-Q4_K_M.gguf' }] });
    await world.addModel({ type: 'text-encoder', format: 'gguf', files: [{ name: 't5.gguf' }] });
    await world.addModel({ type: 'lora', format: 'gguf', files: [{ name: 'lora.gguf' }] });
    expect(places(await plan())).toEqual(['plugin-missing', 'plugin-missing', 'format-not-accepted']);
    await mkdir(join(world.appRoot, 'custom_nodes/comfyui-gguf'));
    expect(places(await plan())).toEqual([
      'create models/diffusion_models/flux-Q4_K_M.gguf',
      'create models/text_encoders/t5.gguf',
      'format-not-accepted',
    ]);
  });

  it('warns when a custom node is needed to see the links', async () => {
    await world.addModel({ type: 'ip-adapter' });
    expect((await plan()).warnings.map(({ code }) => code)).toEqual(['plugin-missing']);
    await mkdir(join(world.appRoot, 'custom_nodes/ComfyUI_IPAdapter_plus'));
    expect((await plan()).warnings).toEqual([]);
  });

  it('skips weights in several parts: no loader joins them', async () => {
    await world.addModel({
      type: 'text-encoder',
      files: [{ name: 'model-00001-of-00002.safetensors' }, { name: 'model-00002-of-00002.safetensors' }],
    });
    expect(places(await plan())).toEqual(['shards-not-supported']);
  });

  it('skips models without weights, and names that are not safe', async () => {
    await world.addModel({ files: [{ name: 'config.json', role: 'config' }] });
    const model = await world.addModel({});
    const hostile = {
      ...model.record,
      files: model.record.files.map((file) => ({ ...file, name: '../../../etc/passwd' })),
    };
    world.models.set(model.record.id, { ...model, record: hostile });
    await world.addModel({ slug: 'x/.', format: 'diffusers', files: diffusersFiles });
    expect(places(await plan())).toEqual(['no-weights', 'unsafe-name', 'unsafe-name']);
  });

  describe('diffusers folders', () => {
    const folder: TestModel = {
      format: 'diffusers',
      slug: 'diffusion/sd1/tiny-sd',
      files: diffusersFiles,
    };
    it('are linked as a whole when ComfyUI can open them', async () => {
      const model = await world.addModel(folder);
      expect(onlyEntry(await plan())).toMatchObject({
        action: 'create',
        folder: 'models/diffusers',
        name: 'tiny-sd',
        source: model.folder,
        fileSha256: null,
      });
    });
    it('are skipped when they have a transformer instead of a unet', async () => {
      const files = folder.files?.map((file) => ({ ...file, name: file.name.replace('unet/', 'transformer/') })) ?? [];
      await world.addModel({ ...folder, files });
      expect(onlyEntry(await plan()).reason).toMatchObject({
        code: 'file-missing-in-model',
        message: expect.stringContaining('unet/'),
      });
    });
    it('are skipped when parts are missing', async () => {
      await world.addModel({ ...folder, complete: false });
      expect(places(await plan())).toEqual(['incomplete']);
    });
  });
});

describe('older names of a folder', () => {
  const models = async (): Promise<void> => {
    await world.addModel({ type: 'text-encoder', files: [{ name: 't5.safetensors' }] });
    await world.addModel({ type: 'diffusion-model', files: [{ name: 'flux.safetensors' }] });
  };
  const newNames = ['create models/text_encoders/t5.safetensors', 'create models/diffusion_models/flux.safetensors'];
  const oldNames = ['create models/clip/t5.safetensors', 'create models/unet/flux.safetensors'];
  const makeOldFolders = async (): Promise<void> => {
    for (const name of ['clip', 'unet']) await mkdir(join(world.appRoot, 'models', name), { recursive: true });
  };

  it('are used when only they are there', async () => {
    await models();
    await makeOldFolders();
    expect(places(await plan())).toEqual(oldNames);
    expect(places(await plan('a git checkout'))).toEqual(oldNames);
  });
  it('are not used because an earlier mapping of ours has made them', async () => {
    const model = await world.addModel({ type: 'text-encoder' });
    const request = { app: 'comfyui', appRoot: world.appRoot, models: [model] };
    await world.mapper.apply(await world.mapper.planLinks({ ...request, appVersion: '0.2.0' }));
    const folders = async () =>
      (await world.mapper.planLinks(request)).entries.map(({ action, folder }) => [action, folder]);
    expect(await folders()).toEqual([
      ['create', 'models/text_encoders'],
      ['remove', 'models/clip'],
    ]);
    await mkdir(join(world.appRoot, 'models/clip/mine'));
    expect(await folders()).toEqual([['keep', 'models/clip']]);
  });
  it('are used when somebody has put something into the folder that we have made', async () => {
    const model = await world.addModel({ type: 'text-encoder' });
    const request = { app: 'comfyui', appRoot: world.appRoot, models: [model] };
    const applied = await world.mapper.apply(await world.mapper.planLinks({ ...request, appVersion: '0.2.0' }));
    const target = applied.results[0]?.target ?? '';
    await unlink(target);
    await writeFile(target, 'mine');
    expect((await world.mapper.planLinks(request)).entries).toMatchObject([
      { action: 'conflict', folder: 'models/clip', reason: { code: 'foreign-file' } },
    ]);
  });
  it('are not used when the new names are there, or neither', async () => {
    await models();
    expect(places(await plan())).toEqual(newNames);
    await makeOldFolders();
    for (const name of ['text_encoders', 'diffusion_models']) await mkdir(join(world.appRoot, 'models', name));
    expect(places(await plan())).toEqual(newNames);
  });
  it.each([
    ['0.3.40', newNames],
    ['v0.3.0-12-gabcdef', newNames],
    ['0.2.7', [oldNames[0], newNames[1]]],
    ['0.1.3', oldNames],
  ])('follow the version %s when it is known', async (version, expected) => {
    await models();
    await makeOldFolders();
    expect(places(await plan(version))).toEqual(expected);
  });
});
