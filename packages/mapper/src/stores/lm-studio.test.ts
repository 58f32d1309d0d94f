import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { treeOf } from '../mapper.test-world.ts';
import { createStoreWorld, type StoreWorld } from './store-world.test-helper.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await createStoreWorld('lm-studio');
});
afterEach(() => world.close());

const WEIGHTS = 'GGUF and then the weights of a model';
const files = async (): Promise<readonly string[]> =>
  Object.entries(await treeOf(world.storeRoot)).flatMap(([path, what]) => (what === '/' ? [] : [path]));

it('has publisher, model and file, with the vision part beside it', async () => {
  const eye = await world.addHubModel(
    'acme/eye-GGUF',
    { 'mmproj-F16.gguf': 'GGUF the vision part' },
    { type: 'mmproj' },
  );
  await world.addHubModel(
    'acme/eye-GGUF',
    { 'eye.Q4_K_M.gguf': WEIGHTS, 'README.md': 'read me' },
    { companions: [{ role: 'mmproj', id: eye.record.id }] },
  );
  await world.addModel({
    type: 'llm',
    format: 'gguf',
    cleanedName: 'from-a-disk',
    files: [{ name: 'from-a-disk.gguf' }],
  });
  await world.apply();
  expect(await files()).toEqual([
    'acme/eye-GGUF/eye.Q4_K_M.gguf',
    'acme/eye-GGUF/mmproj-F16.gguf',
    'modelkeep/from-a-disk/from-a-disk.gguf',
  ]);
  expect(await readFile(join(world.storeRoot, 'acme/eye-GGUF/eye.Q4_K_M.gguf'), 'utf8')).toBe(WEIGHTS);
});

it('takes links that cannot dangle: the file is there when the library is not', async () => {
  const model = await world.addHubModel('acme/tiny', { 'tiny.gguf': WEIGHTS });
  await world.apply();
  const [row] = await world.mapper.linksOf(model.record.id);
  expect(['hardlink', 'reflink']).toContain(row?.strategy);
  await world.removeModel(model);
  expect(await readFile(join(world.storeRoot, 'acme/tiny/tiny.gguf'), 'utf8')).toBe(WEIGHTS);
  await world.apply();
  expect(await readdir(world.storeRoot)).toEqual([]);
});

it('uses the folder models of the app where it is there', async () => {
  await mkdir(join(world.storeRoot, 'models'));
  await world.addHubModel('acme/tiny', { 'tiny.gguf': WEIGHTS });
  await world.apply();
  expect(await files()).toEqual(['models/acme/tiny/tiny.gguf']);
  expect((await world.apply()).counts).toMatchObject({ kept: 1, created: 0 });
});

it('warns where only a symlink is possible, and a repair removes the dead ones', async () => {
  const mapper = world.open({
    fileSystem: {
      ...nodeFileSystem,
      stat: async (path) => {
        const status = await nodeFileSystem.stat(path);
        return path.startsWith(world.libraryRoot) ? { ...status, device: '1' } : status;
      },
    },
  });
  const model = await world.addHubModel('acme/tiny', { 'tiny.gguf': WEIGHTS });
  const plan = await mapper.planLinks({ app: 'lm-studio', appRoot: world.storeRoot, models: world.list() });
  expect(plan.warnings.map(({ code }) => code)).toContain('links-at-risk');
  expect((await mapper.apply(plan)).counts.created).toBe(1);
  await world.removeModel(model);
  expect((await mapper.check()).map(({ health }) => health)).toEqual(['broken']);
  expect((await mapper.repair()).counts).toMatchObject({ removed: 1 });
  expect(await readdir(world.storeRoot)).toEqual([]);
});
