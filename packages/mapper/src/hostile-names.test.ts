import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelRecord, ModelSource } from '@modelkeep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSafeRelativePath } from './app/safe-names.ts';
import { createWorld, treeOf, type TestModel, type TestWorld } from './mapper.test-world.ts';
import type { Mapper } from './mapper.ts';
import { createStoreWorld, storeProfile, COMMIT } from './stores/store-world.test-helper.ts';

const names: readonly string[] = [
  '',
  '.',
  '..',
  '../x.safetensors',
  '../../../../outside/x.safetensors',
  '/etc/x.safetensors',
  'a/../../x.safetensors',
  'a//x.safetensors',
  './x.safetensors',
  'x/'.repeat(40),
  String.raw`C:\x.safetensors`,
  'C:x.safetensors',
  String.raw`\\server\share\x.safetensors`,
  '//server/share/x.safetensors',
  String.raw`a\..\..\x.safetensors`,
  'a\0b.safetensors',
  'a\nb.safetensors',
  'a\u007Fb.safetensors',
  'con',
  'CON.safetensors',
  'aux.tar.safetensors',
  'COM¹.safetensors',
  'nul .safetensors',
  'conout$',
  'x.safetensors.',
  'x.safetensors ',
  'x:stream.safetensors',
  '*?.safetensors',
  '"<|>.safetensors',
  `${'a'.repeat(300)}.safetensors`,
  `${'é'.repeat(130)}.safetensors`,
  '\u202Egnp.safetensors',
  '\u2066x.safetensors',
  '\uD800.safetensors',
  '．．/x.safetensors',
  '‥/x.safetensors',
  '__proto__',
  'constructor',
  'toString.safetensors',
  '-rf.safetensors',
  '~',
  '$(touch x).safetensors',
  '%2e%2e%2fx.safetensors',
  '.0123456789abcdef.modelkeep-tmp',
];

/** All that is in a folder, but for what a mapping is for and its database. */
async function aroundOf(root: string, mapped: readonly string[]): Promise<Record<string, string>> {
  const isMapped = (path: string): boolean => mapped.some((one) => path === one || path.startsWith(`${one}/`));
  const around = Object.entries(await treeOf(root)).filter(([path]) => !isMapped(path) && !path.startsWith('state.db'));
  return Object.fromEntries(around);
}

async function expectNoEscape(world: TestWorld, folder: string, map: () => Promise<unknown>): Promise<void> {
  const around = await aroundOf(world.root, [folder]);
  await map();
  expect(await aroundOf(world.root, [folder])).toEqual(around);
  const made = Object.keys(await treeOf(join(world.root, folder)));
  expect(made.filter((path) => !isSafeRelativePath(path))).toEqual([]);
  expect(Object.prototype).not.toHaveProperty('polluted');
}

describe('hostile names in an app', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await createWorld();
    await mkdir(join(world.root, 'outside'));
  });
  afterEach(() => world.close());

  /** The file is there, whatever it is called. */
  const add = async (index: number, facts: (record: ModelRecord) => Partial<ModelRecord>, model: TestModel = {}) => {
    const content = `content ${index}`;
    const slug = `lora/flux1/${index}`;
    const files = [{ name: 'model.safetensors', content }];
    const made = await world.addModel({ type: 'lora', slug, files, ...model });
    world.models.set(made.record.id, { ...made, record: { ...made.record, ...facts(made.record) } });
  };
  const map = async (mapper: Mapper): Promise<readonly string[]> => {
    const plan = await mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
    const { counts } = await mapper.apply(plan);
    expect(counts).toMatchObject({ failed: 0, conflict: 0 });
    expect(plan.entries).toHaveLength(names.length);
    return plan.entries.map(({ action, reason }) => reason?.code ?? action);
  };
  const mapping = (said: object) => ({ mapping: { apps: { comfyui: said }, versionRanges: {}, problems: {} } });

  it.each<[string, (name: string) => (record: ModelRecord) => Partial<ModelRecord>, TestModel]>([
    [
      'of files',
      (name) =>
        ({ files }) => ({ files: files.map((file) => ({ ...file, name, at: file.name })) }),
      {},
    ],
    [
      'where files came from',
      (officialName) =>
        ({ files }) => ({
          files: files.map((file) => ({ ...file, officialName })),
          ...mapping({ names: 'official' }),
        }),
      {},
    ],
    ['that a person gave', (name) => () => mapping({ name }), {}],
    ['of folders that a person gave', (folder) => () => mapping({ folder }), {}],
    ['of models', (slug) => () => ({ slug, officialName: slug }), {}],
    [
      'of models that are folders',
      (slug) => () => ({ slug, officialName: slug, ...mapping({ names: 'official' }) }),
      { type: 'checkpoint', format: 'diffusers' },
    ],
  ])('%s lead nowhere', async (_case, facts, model) => {
    for (const [index, name] of names.entries()) await add(index, facts(name), model);
    await expectNoEscape(world, 'ComfyUI', () => map(world.mapper));
  });

  it('that are one name to some drives are told apart', async () => {
    const alike = ['caf\u00e9', 'cafe\u0301', 'CAFE\u0301', 'ﬁne', 'fine', 'FINE'];
    for (const [index, name] of alike.entries())
      await world.addModel({ type: 'lora', files: [{ name: `${name}.safetensors`, content: `${index}` }] });
    const plan = await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
    const folded = plan.entries.map(({ name }) => name?.normalize('NFKC').toLowerCase());
    expect(new Set(folded).size).toBe(alike.length);
    expect((await world.mapper.apply(plan)).counts).toMatchObject({ created: alike.length });
  });

  it.each(['models', 'models/loras'])('%s that became a link after the plan was made is not followed', async (path) => {
    await world.addModel({ type: 'lora' });
    if (path !== 'models') await mkdir(join(world.appRoot, 'models'));
    const plan = await world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
    await symlink(join(world.root, 'outside'), join(world.appRoot, path));
    const { results } = await world.mapper.apply(plan);
    expect(results.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([['conflict', 'folder-moved']]);
    expect(await treeOf(join(world.root, 'outside'))).toEqual({});
    expect(await world.mapper.check()).toEqual([]);
  });
});

describe.each(['ollama', 'hugging-face', 'lm-studio'] as const)('hostile names in the store of %s', (format) => {
  it.each<readonly [string, (name: string) => object]>([
    ['of repos', (repo) => ({ repo })],
    ['of repos in an organisation', (name) => ({ repo: `acme/${name}` })],
    ['of branches', (revision) => ({ revision })],
    ['of commits', (commit) => ({ commit })],
    ['of files in repos', (path) => ({ path })],
    ['of endpoints', (endpoint) => ({ endpoint: `https://${endpoint}` })],
    ['of models', (cleanedName) => ({ cleanedName, officialName: cleanedName, slug: cleanedName })],
    ['of quantisations', (quantisation) => ({ quantisation })],
  ])('%s lead nowhere', async (_case, facts) => {
    const world = await createStoreWorld(format);
    try {
      for (const [index, name] of names.entries()) {
        const { record, folder } = await world.addHubModel(`acme/m${index}`, {
          'model.gguf': `weights of model ${index}, in LFS`,
        });
        const said = facts(name);
        const source = { provider: 'hf', endpoint: null, repo: `acme/m${index}`, revision: 'main', commit: COMMIT };
        const files = record.files.map((file) => ({
          ...file,
          source: { ...source, path: 'model.gguf', ...said } as ModelSource,
        }));
        const named = 'cleanedName' in said || 'quantisation' in said ? said : {};
        world.models.set(record.id, { folder, record: { ...record, ...named, files } });
      }
      const app = storeProfile(format).id;
      await expectNoEscape(world, 'store', async () => {
        const { counts } = await world.apply();
        expect(counts).toMatchObject({ failed: 0, conflict: 0 });
      });
      await world.mapper.unlinkAll({ app, appRoot: world.storeRoot });
      expect(await treeOf(world.storeRoot)).toEqual({});
    } finally {
      await world.close();
    }
  });
});
