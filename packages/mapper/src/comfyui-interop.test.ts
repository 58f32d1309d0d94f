import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from './mapper.test-world.ts';

/* ComfyUI's own code says what it sees: the environment names a checkout of it. Python 3 with PyYAML is enough. */
const checkout = process.env['MODELKEEP_COMFYUI'] ?? '';
const program = `
import json, os, sys
sys.argv = [sys.argv[0]]
sys.path.insert(0, os.getcwd())
import folder_paths
if os.path.exists("extra_model_paths.yaml"):
    from utils.extra_config import load_extra_path_config
    load_extra_path_config("extra_model_paths.yaml")
names = {}
for key in folder_paths.folder_names_and_paths:
    if key in ("custom_nodes", "configs", "diffusers"): continue
    names[key] = folder_paths.get_filename_list(key)
    for name in names[key]:
        path = folder_paths.get_full_path(key, name)
        assert path is not None and open(path).read() != "", name
print(json.dumps({key: value for key, value in names.items() if value}))
`;
const expected = {
  checkpoints: ['model.safetensors'],
  diffusion_models: ['flux.safetensors'],
  loras: ['people/a.safetensors', 'ü b.safetensors'],
  text_encoders: ['t5.safetensors'],
  vae: ['ae.safetensors'],
};

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
  await world.addModel({ slug: 'x/y/1' });
  await world.addModel({ slug: 'x/y/2', type: 'diffusion-model', files: [{ name: 'flux.safetensors' }] });
  const mapping = { apps: { comfyui: { folder: 'people' } }, versionRanges: {}, problems: {} };
  await world.addModel({ slug: 'x/y/3', type: 'lora', files: [{ name: 'a.safetensors' }], mapping });
  const names = { apps: { comfyui: { name: 'ü b' } }, versionRanges: { comfyui: '<9' }, problems: {} };
  await world.addModel({ slug: 'x/y/4', type: 'lora', files: [{ name: 'b.safetensors' }], mapping: names });
  await world.addModel({ slug: 'x/y/5', type: 'text-encoder', files: [{ name: 't5.safetensors' }] });
  await world.addModel({ slug: 'x/y/6', type: 'vae', files: [{ name: 'ae.safetensors' }] });
  const aged = { apps: {}, versionRanges: { comfyui: '<0.1.0' }, problems: {} };
  await world.addModel({ slug: 'x/y/7', type: 'vae', files: [{ name: 'old.safetensors' }], mapping: aged });
});
afterEach(() => world.close());

const appVersion = checkout === '' ? '0.3.64' : undefined;
const seen = async (): Promise<unknown> => {
  const { stdout } = await promisify(execFile)('python3', ['-c', program], { cwd: world.appRoot });
  return JSON.parse(stdout);
};

it.each(['links', 'config'] as const)(
  checkout === ''
    ? 'by %s: MODELKEEP_COMFYUI names no checkout of ComfyUI, so only the tree is compared'
    : 'by %s: folder_paths of ComfyUI lists exactly what was mapped',
  async (way) => {
    if (checkout !== '')
      await cp(checkout, world.appRoot, { recursive: true, filter: (path) => !path.includes('.git') });
    await mkdir(join(world.appRoot, 'models'), { recursive: true });
    const mapper = world.open({ viewFolder: join(world.root, 'views') });
    const plan = await mapper.planLinks({
      app: 'comfyui',
      appRoot: world.appRoot,
      appVersion,
      way,
      models: world.list(),
    });
    const applied = await mapper.apply(plan);
    expect([applied.counts.created, applied.counts.skipped]).toEqual([6, 1]);
    const links = Object.entries(await treeOf(join(plan.appRoot, 'models'))).flatMap(([name, what]) =>
      what === '/' ? [] : [name],
    );
    expect(links).toEqual(Object.entries(expected).flatMap(([key, names]) => names.map((name) => `${key}/${name}`)));
    if (checkout === '') return;
    expect(await seen()).toEqual(expected);
    await mapper.undo(applied);
    expect(await seen()).toEqual({});
  },
);
