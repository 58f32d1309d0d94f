import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import { appProfiles } from '../profiles/app-profiles.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('a profile that links parts', () => {
  it('keeps the names of the parts in a folder that is named after the model', async () => {
    const [comfyui] = appProfiles;
    const rules = (comfyui?.rules ?? []).map((rule) => ({
      ...rule,
      accepts: rule.accepts.map((one) => ({ ...one, shards: 'folder' as const })),
    }));
    const mapper = world.open({ profiles: [{ ...(comfyui as NonNullable<typeof comfyui>), id: 'parts', rules }] });
    const files = [
      { name: 'sub/model-00001-of-00002.safetensors' },
      { name: 'sub/model-00002-of-00002.safetensors' },
      { name: 'sub/model.safetensors.index.json', role: 'index' as const },
      { name: 'config.json', role: 'config' as const },
    ];
    const models = [
      await world.addModel({ type: 'text-encoder', slug: 'a/t5', files }),
      await world.addModel({
        type: 'text-encoder',
        slug: 'b/t5',
        files: files.map((file) => ({ ...file, content: `other ${file.name}` })),
      }),
      await world.addModel({ type: 'text-encoder', slug: 'c/half', files, complete: false }),
    ];
    const made = () => mapper.planLinks({ app: 'parts', appRoot: world.appRoot, models });
    const first = await made();
    expect(first.counts).toMatchObject({ create: 6, skipped: 1 });
    await mapper.apply(first);
    const tree = Object.keys(await treeOf(join(world.appRoot, 'models/text_encoders')));
    const suffixed = tree.find((name) => /^t5-[0-9a-f]{8}$/.test(name)) ?? '';
    const names = [
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.safetensors.index.json',
    ];
    expect(tree).toEqual([
      't5',
      ...names.map((name) => `t5/${name}`),
      suffixed,
      ...names.map((name) => `${suffixed}/${name}`),
    ]);
    expect((await made()).counts).toMatchObject({ keep: 6 });
    await mapper.apply(await mapper.planLinks({ app: 'parts', appRoot: world.appRoot, models: models.slice(1, 2) }));
    expect(Object.keys(await treeOf(join(world.appRoot, 'models/text_encoders')))).toEqual([
      suffixed,
      ...names.map((name) => `${suffixed}/${name}`),
    ]);
  });

  it('is checked before it is used', async () => {
    const [comfyui] = appProfiles;
    const profile = { ...(comfyui as NonNullable<typeof comfyui>), id: 'bad', pluginFolder: '../..' };
    const mapper = world.open({ profiles: [profile] });
    await expect(mapper.planLinks({ app: 'bad', appRoot: world.appRoot, models: [] })).rejects.toMatchObject({
      code: 'mapper.invalid-profile',
    });
  });
});
