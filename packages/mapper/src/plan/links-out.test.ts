import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from './link-plan.ts';

let world: TestWorld;
let mapper: Mapper;
beforeEach(async () => {
  world = await createWorld();
  await mkdir(join(world.root, 'translations'));
  await mkdir(join(world.root, 'outside'));
  mapper = world.open({ translationFolder: join(world.root, 'translations') });
  await world.addModel({ type: 'lora', slug: 'lora/flux1/style', files: [{ name: 'style.safetensors' }] });
});
afterEach(() => world.close());

const outside = (): string => join(world.root, 'outside');
/** A link in the app's folder that leads out of it. */
const link = async (path: string, to = outside()): Promise<void> => {
  await mkdir(join(world.appRoot, path, '..'), { recursive: true });
  await symlink(to, join(world.appRoot, path));
};
const config = (folder: string): Promise<void> =>
  writeFile(
    join(world.root, 'translations', 'comfyui_any_default.json'),
    JSON.stringify({ schema: 1, rules: [{ types: ['lora'], folder }] }),
  );
const say = (folder: string): void => {
  for (const [id, model] of world.models) {
    const mapping = { apps: { comfyui: { folder } }, versionRanges: {}, problems: {} };
    world.models.set(id, { ...model, record: { ...model.record, mapping } });
  }
};
const plan = (): Promise<LinkPlan> =>
  mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
const refused = { action: 'conflict', reason: { code: 'folder-unusable' } };

describe('a link that leads out of the app', () => {
  it.each(['output', 'output/loras', 'output/new'])('is no way for a translation config (%s)', async (folder) => {
    await mkdir(join(outside(), 'loras'));
    await link('output');
    await config(folder);
    const planned = await plan();
    expect(planned.entries).toMatchObject([refused]);
    expect((await mapper.apply(planned)).counts).toMatchObject({ created: 0, conflict: 1 });
    expect(await treeOf(outside())).toEqual({ loras: '/' });
  });

  it.each(['people', 'people/mine', 'a/b'])('is no way for what a person says of a model (%s)', async (folder) => {
    await link(folder === 'a/b' ? 'models/loras/a/b' : 'models/loras/people');
    say(folder);
    expect((await plan()).entries).toMatchObject([refused]);
    await mapper.apply(await plan());
    expect(await treeOf(outside())).toEqual({});
  });

  it.each(['before the plan came back', 'after the plan was made'])('is no way for a plan (%s)', async (when) => {
    await config('output/loras');
    const planned = await plan();
    expect(planned.counts.create).toBe(1);
    await link('output');
    const target = join(outside(), 'loras', 'style.safetensors');
    const entries = planned.entries.map((entry) => (when.startsWith('before') ? { ...entry, target } : entry));
    const { results } = await mapper.apply({ ...planned, entries });
    expect(results).toMatchObject([{ outcome: 'conflict', reason: { code: 'folder-unusable' } }]);
    expect(await treeOf(outside())).toEqual({});
  });

  it.each([
    ['models', 'models/loras'],
    ['models', 'models/styles/flux'],
    ['models/loras', 'models/loras'],
    ['models/loras', 'models/loras/flux'],
  ])('is followed where the user has put %s elsewhere, by a config that names %s', async (at, folder) => {
    await link(at);
    await config(folder);
    const planned = await plan();
    expect(planned.entries).toMatchObject([{ action: 'create' }]);
    expect(planned.warnings.map(({ code }) => code)).toContain('linked-folder');
    expect((await mapper.apply(planned)).counts.created).toBe(1);
    expect(Object.keys(await treeOf(outside())).at(-1)).toMatch(/style\.safetensors$/);
    expect((await plan()).counts).toMatchObject({ keep: 1, create: 0, remove: 0 });
  });

  it('is followed from there to a folder of the same drive, and back into the app, and nowhere else', async () => {
    await mkdir(join(outside(), 'by-person'));
    await mkdir(join(world.appRoot, 'shared'));
    await mkdir(join(world.root, 'further'));
    await link('models/loras');
    say('people');
    for (const [to, expected] of [
      [join(outside(), 'by-person'), { action: 'create' }],
      [join(world.appRoot, 'shared'), { action: 'create' }],
      [join(world.root, 'further'), refused],
    ] as const) {
      await symlink(to, join(outside(), 'people'));
      expect((await plan()).entries, to).toMatchObject([expected]);
      await rm(join(outside(), 'people'));
    }
  });
});
