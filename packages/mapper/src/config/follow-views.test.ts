import { cp, mkdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from '../plan/link-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
  await mkdir(library('a'));
  await world.addModel({ type: 'lora', slug: 'lora/flux1/style', files: [{ name: 'style.safetensors' }] });
  await world.addModel({ type: 'vae', slug: 'vae/flux1/ae', files: [{ name: 'ae.safetensors' }] });
});
afterEach(() => world.close());

const library = (name: string): string => join(world.root, `library-${name}`);
/** The library as it stands in a folder: its folders of links are in it. */
const opened = async (name: string): Promise<Mapper> => {
  const mapper = world.open({ viewFolder: join(library(name), 'views') });
  await mapper.recover();
  return mapper;
};
const plan = (mapper: Mapper): Promise<LinkPlan> =>
  mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, way: 'config', models: world.list() });
const text = (): Promise<string> => readFile(join(world.appRoot, 'extra_model_paths.yaml'), 'utf8');
const healths = async (mapper: Mapper): Promise<readonly string[]> => {
  const scope = { app: 'comfyui', appRoot: world.appRoot };
  return [...(await mapper.check(scope)), ...(await mapper.checkFiles(scope))].map(({ health }) => health);
};
/** The models go with the library. */
const moveModels = async (): Promise<void> => {
  const to = join(world.root, 'models-now');
  await rename(world.libraryRoot, to);
  for (const [id, model] of world.models)
    world.models.set(id, { ...model, folder: model.folder.replace(world.libraryRoot, to) });
};

describe('a library that was moved', () => {
  beforeEach(async () => {
    await (await opened('a')).apply(await plan(await opened('a')));
    await rename(library('a'), library('b'));
    await moveModels();
  });

  it('has its links again with the next run, and the app is led to where it is now', async () => {
    const mapper = await opened('b');
    const planned = await plan(mapper);
    expect(planned.counts).toMatchObject({ replace: 2, conflict: 0, create: 0 });
    const applied = await mapper.apply(planned);
    expect([applied.counts.replaced, applied.files.map(({ outcome }) => outcome)]).toEqual([2, ['replaced']]);
    expect(await text()).toContain(join(library('b'), 'views'));
    expect(await text()).not.toContain(library('a'));
    const link = join(planned.appRoot, 'models/loras/style.safetensors');
    expect(await readlink(link)).toBe(join(world.root, 'models-now/lora/flux1/style/style.safetensors'));
    expect(await healths(mapper)).toEqual(['ok', 'ok', 'ok']);
    await mapper.unlinkAll({ app: 'comfyui', appRoot: world.appRoot });
    expect(await treeOf(library('b'))).toEqual({});
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });
  });

  it('is made good by a repair', async () => {
    const mapper = await opened('b');
    expect(new Set(await healths(mapper))).not.toContain('app-root-gone');
    await mapper.repair({ app: 'comfyui', appRoot: world.appRoot });
    expect(await healths(mapper)).toEqual(['ok', 'ok', 'ok']);
    expect(await text()).toContain(join(library('b'), 'views'));
  });
});

it('of a library that was copied, the links of the first one stay its own', async () => {
  const first = await opened('a');
  await first.apply(await plan(first));
  await cp(library('a'), library('b'), { recursive: true, verbatimSymlinks: true });
  const before = await treeOf(library('b'));
  const second = await opened('b');
  await plan(second);
  expect(await treeOf(library('b'))).toEqual(before);
  expect(await healths(first)).toEqual(['ok', 'ok', 'ok']);
  await rm(library('b'), { recursive: true });
  expect((await plan(first)).counts).toMatchObject({ keep: 2 });
});
